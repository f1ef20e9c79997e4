"""Requests about volumes, and about the regions they can be in."""

from __future__ import annotations

from provision.local.standin.api import Api
from provision.local.world import volumes
from provision.local.world.operations import Operation
from provision.local.world.regions import REGIONS, Region
from provision.local.world.volumes import Volume

PLATFORM = (
    "query { platform { requestRegion regions { name code latitude longitude gatewayAvailable "
    "requiresPaidPlan deprecated } } }"
)

FIND = "query($id: ID!) { volume: volume(id: $id) { ... on Volume { app { name } } } }"


def list_(api: Api, app: str) -> tuple[Volume, ...]:
    """Return the volumes of *app*."""
    return api.flaps(
        Operation.VOLUMES_LIST,
        f"GET /v1/apps/{app}/volumes",
        lambda: volumes.list_(api.world, app),
        app=app,
        failing="failed to list volumes",
    )


def owner(api: Api, volume: str) -> str:
    """Return the name of the app that a volume belongs to."""
    return api.graphql(Operation.VOLUMES_SHOW, FIND, lambda: volumes.find(api.world, volume).name)


def show(api: Api, app: str, volume: str) -> Volume:
    """Return a volume."""
    return api.flaps(
        Operation.VOLUMES_SHOW,
        f"GET /v1/apps/{app}/volumes/{volume}",
        lambda: volumes.show(api.world, app, volume),
        app=app,
        failing=f"failed to get volume {volume}",
    )


def create(
    api: Api,
    app: str,
    name: str,
    *,
    region: str,
    size_gb: int,
    encrypted: bool = True,
    snapshot_retention: int = 5,
    auto_backup: bool = True,
) -> Volume:
    """Add a volume to *app*."""
    return api.flaps(
        Operation.VOLUMES_CREATE,
        f"POST /v1/apps/{app}/volumes",
        lambda: volumes.create(
            api.world,
            app,
            name,
            region=region,
            size_gb=size_gb,
            encrypted=encrypted,
            snapshot_retention=snapshot_retention,
            auto_backup=auto_backup,
        ),
        app=app,
        failing="failed to create volume",
    )


def delete(api: Api, app: str, volume: str) -> Volume:
    """Delete a volume."""
    return api.flaps(
        Operation.VOLUMES_DELETE,
        f"DELETE /v1/apps/{app}/volumes/{volume}",
        lambda: volumes.delete(api.world, app, volume),
        app=app,
        failing=f"failed to destroy volume {volume}",
    )


def regions(api: Api) -> tuple[Region, ...]:
    """Return the regions, asking GraphQL."""
    return api.graphql(Operation.REGIONS_LIST, PLATFORM, lambda: REGIONS)
