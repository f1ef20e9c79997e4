"""Every operation of Fly's API that the world knows, by the name that faults and logs use."""

from __future__ import annotations

from enum import StrEnum


class Operation(StrEnum):
    """An operation: one request of GraphQL, the Machines API or the release API."""

    VIEWER = "viewer.show"
    ORGANIZATIONS_LIST = "organizations.list"
    ORGANIZATIONS_SHOW = "organizations.show"
    ORGANIZATIONS_CREATE = "organizations.create"
    ORGANIZATIONS_DELETE = "organizations.delete"
    REPLAYS_SHOW = "replays.show"
    REPLAYS_SET = "replays.set"
    APPS_LIST = "apps.list"
    APPS_SHOW = "apps.show"
    APPS_CREATE = "apps.create"
    APPS_DELETE = "apps.delete"
    ADDRESSES_LIST = "addresses.list"
    ADDRESSES_ALLOCATE = "addresses.allocate"
    ADDRESSES_RELEASE = "addresses.release"
    EGRESS_LIST = "egress.list"
    SECRETS_LIST = "secrets.list"
    SECRETS_SET = "secrets.set"
    VOLUMES_LIST = "volumes.list"
    VOLUMES_SHOW = "volumes.show"
    VOLUMES_CREATE = "volumes.create"
    VOLUMES_DELETE = "volumes.delete"
    BUILDS_CREATE = "builds.create"
    BUILDS_FINISH = "builds.finish"
    IMAGES_RESOLVE = "images.resolve"
    IMAGES_LATEST = "images.latest"
    RELEASES_LIST = "releases.list"
    RELEASES_CURRENT = "releases.current"
    RELEASES_CREATE = "releases.create"
    RELEASES_UPDATE = "releases.update"
    MACHINES_LIST = "machines.list"
    MACHINES_SHOW = "machines.show"
    MACHINES_CREATE = "machines.create"
    MACHINES_UPDATE = "machines.update"
    MACHINES_START = "machines.start"
    MACHINES_STOP = "machines.stop"
    MACHINES_SUSPEND = "machines.suspend"
    MACHINES_DESTROY = "machines.destroy"
    MACHINES_CORDON = "machines.cordon"
    MACHINES_UNCORDON = "machines.uncordon"
    MACHINES_METADATA = "machines.metadata"
    MACHINES_WAIT = "machines.wait"
    MACHINES_PROCESSES = "machines.processes"
    LEASES_SHOW = "leases.show"
    LEASES_ACQUIRE = "leases.acquire"
    LEASES_RELEASE = "leases.release"
    LOGS_LIST = "logs.list"
    REGIONS_LIST = "regions.list"
    BLUEGREEN_ALLOWED = "bluegreen.allowed"
    ADD_ONS_LIST = "add-ons.list"
    WIREGUARD = "wireguard.validate"

    def changes(self) -> bool:
        """Return whether the operation changes the world."""
        return self.value.partition(".")[2] not in _READS


_READS = {
    "show",
    "list",
    "current",
    "resolve",
    "latest",
    "wait",
    "processes",
    "allowed",
    "validate",
}
