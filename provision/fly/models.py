"""What Fly says exists, in Fly's words."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import Any

from attrs import field, frozen

STABLE = 10.0
"""Seconds after a crash that a machine must run to be trusted again; flyctl's smoke check's."""


@frozen
class Unknown:
    """A word of Fly's that we do not know; never taken for any that we do."""

    text: str

    def __str__(self) -> str:
        return f"unknown ({self.text})"


class MachineState(enum.Enum):
    """
    States of a machine.

    Source: flyctl internal/command/machine, fly-go machine_types.go
    """

    CREATED = "created"
    STARTING = "starting"
    STARTED = "started"
    STOPPING = "stopping"
    STOPPED = "stopped"
    SUSPENDING = "suspending"
    SUSPENDED = "suspended"
    RESTARTING = "restarting"
    UPDATING = "updating"
    REPLACING = "replacing"
    REPLACED = "replaced"
    DESTROYING = "destroying"
    DESTROYED = "destroyed"
    FAILED = "failed"

    @property
    def is_passing(self) -> bool:
        """Whether a machine is in it only on its way to another."""
        return self in _PASSING


_PASSING = {
    MachineState.CREATED,
    MachineState.STARTING,
    MachineState.STOPPING,
    MachineState.SUSPENDING,
    MachineState.RESTARTING,
    MachineState.UPDATING,
    MachineState.REPLACING,
    MachineState.DESTROYING,
}


class CheckStatus(enum.Enum):
    """Results of a health check."""

    PASSING = "passing"
    WARNING = "warning"
    CRITICAL = "critical"


class IPType(enum.Enum):
    """Kinds of addresses."""

    V4 = "v4"
    V6 = "v6"
    SHARED_V4 = "shared_v4"
    PRIVATE_V6 = "private_v6"
    EGRESS_V4 = "egress_v4"
    EGRESS_V6 = "egress_v6"

    @property
    def is_public(self) -> bool:
        """Whether the whole internet reaches it."""
        return self in (IPType.V4, IPType.V6, IPType.SHARED_V4)


class SecretState(enum.Enum):
    """How far a secret has come."""

    DEPLOYED = "Deployed"
    STAGED = "Staged"
    PARTIAL = "Partial"
    UNKNOWN = "Unknown"


class ReleaseStatus(enum.Enum):
    """How a release came out."""

    PENDING = "pending"
    RUNNING = "running"
    COMPLETE = "complete"
    INTERRUPTED = "interrupted"
    FAILED = "failed"


@frozen
class FlyctlVersion:
    """
    The program itself.

    Attributes:
        environment: ``production``, or ``development`` for one built from source, whose
            version is a date.
    """

    name: str
    version: str
    environment: str
    commit: str = ""

    @property
    def is_release(self) -> bool:
        """Whether it was released, and not built from source by somebody."""
        return self.environment == "production"


@frozen
class Identity:
    """Who the token belongs to, as far as Fly says."""

    email: str


@frozen
class Organization:
    """
    Owns apps, networks and bills.

    Attributes:
        slug: Its identity; chosen by Fly, not by us.
        viewer_role: ``admin`` or ``member``; None where the command does not say.
    """

    id: str
    slug: str
    name: str
    type: str
    viewer_role: str | None = None


@frozen
class AppOrganization:
    """What an app says of its organization."""

    slug: str
    name: str


@frozen
class App:
    """
    A name, unique across all of Fly, owned by an organization.

    Attributes:
        network: ``default`` for the organization's default network, which Fly spells "" here.
        status: ``pending`` until it was deployed.
    """

    id: str
    name: str
    status: str
    deployed: bool
    hostname: str
    organization: AppOrganization
    network: str


@frozen
class IPNetwork:
    """The network a private address can be reached from."""

    name: str
    organization: AppOrganizationSlug | None = None


@frozen
class AppOrganizationSlug:
    """An organization by its slug alone."""

    slug: str


@frozen
class IPAddress:
    """
    An address of an app.

    Attributes:
        id: "" for a shared IPv4, which is nobody's own.
        network: Where a private one can be reached from; None for the others.
    """

    id: str
    address: str
    type: IPType | Unknown
    region: str
    network: IPNetwork | None = None

    @property
    def from_network(self) -> str | None:
        """The network it can be reached from; ``default`` for the default one."""
        return None if self.network is None else self.network.name or "default"


@frozen
class SecretStatus:
    """
    What Fly shows of a secret: never its value.

    Attributes:
        digest: Changes with the value; how is not published.
        status: None for an app of more than a hundred machines.
    """

    name: str
    digest: str
    status: SecretState | Unknown | None = None


@frozen
class Volume:
    """A disk in one region; names repeat, ids do not."""

    id: str
    name: str
    state: str
    size_gb: int
    region: str
    zone: str
    attached_machine_id: str | None = None
    host_status: str | None = None


@frozen
class ImageRef:
    """The image a machine runs."""

    registry: str = ""
    repository: str = ""
    tag: str = ""
    digest: str = ""

    def __str__(self) -> str:
        name = "/".join(part for part in (self.registry, self.repository) if part)
        tag = f":{self.tag}" if self.tag else ""
        return f"{name}{tag}" + (f"@{self.digest}" if self.digest else "")


@frozen
class Exit:
    """
    How a machine's main process ended.

    Attributes:
        exit_code: 0 may also mean that it is not known: flyctl leaves zeros out.
    """

    exit_code: int = 0
    oom_killed: bool = False
    requested_stop: bool = False
    restarting: bool = False


@frozen
class MonitorEvent:
    """Where some events carry their exit."""

    exit_event: Exit | None = None


@frozen
class EventRequest:
    """What an event was about."""

    exit_event: Exit | None = None
    monitor_event: MonitorEvent | None = None
    restart_count: int = 0


@frozen
class MachineEvent:
    """
    Something that happened to a machine.

    Attributes:
        timestamp: Milliseconds since 1970.
    """

    type: str
    status: str = ""
    source: str = ""
    timestamp: int = 0
    request: EventRequest | None = None

    @property
    def is_start(self) -> bool:
        """Whether its process was started."""
        return self.type == "start"

    @property
    def exit(self) -> Exit | None:
        """The end of its process, if this is one."""
        if self.request is None:
            return None
        if self.request.monitor_event is not None:
            return self.request.exit_event or self.request.monitor_event.exit_event
        return self.request.exit_event


@frozen
class Check:
    """
    The latest result of a health check.

    Attributes:
        status: None as long as it has not run.
    """

    name: str
    status: CheckStatus | Unknown | None = None
    output: str = ""
    updated_at: str | None = None


@frozen
class Machine:
    """
    A VM of an app.

    Attributes:
        config: As Fly holds it, unread; perhaps not all of it when its host cannot be reached.
        events: The newest first.
        host_status: ``ok``, ``unknown`` or ``unreachable``.
    """

    id: str
    state: MachineState | Unknown
    region: str
    image_ref: ImageRef
    name: str = ""
    instance_id: str = ""
    private_ip: str = ""
    created_at: str = ""
    updated_at: str = ""
    config: Mapping[str, Any] = field(factory=dict)
    events: tuple[MachineEvent, ...] = ()
    checks: tuple[Check, ...] = ()
    host_status: str = ""
    cordoned: bool = False

    @property
    def metadata(self) -> Mapping[str, str]:
        """What flyctl wrote on it."""
        found: Mapping[str, str] = self.config.get("metadata") or {}
        return found

    @property
    def group(self) -> str:
        """Its process group; "" if it was not made by a deploy."""
        return self.metadata.get("fly_process_group", "")

    @property
    def release_version(self) -> int | None:
        """The release it runs; None if it was not made by a deploy."""
        version = self.metadata.get("fly_release_version", "")
        return int(version) if version.isdecimal() else None

    @property
    def is_of_app(self) -> bool:
        """Whether a deploy takes care of it: not a release command, console or hand-made one."""
        is_temporary = self.group.startswith("fly_app_")
        return self.metadata.get("fly_platform_version") == "v2" and not is_temporary

    @property
    def is_reachable(self) -> bool:
        """Whether its host answers, so that what Fly says of it is what there is."""
        return self.host_status in ("", "ok")

    @property
    def is_gone(self) -> bool:
        """Whether it is destroyed, or about to be."""
        return self.state in (MachineState.DESTROYED, MachineState.DESTROYING)

    @property
    def has_crashed(self) -> bool:
        """Whether its process last ended by itself, and badly."""
        last = self.last_exit
        if last is None or last.requested_stop:
            return False
        return bool(last.exit_code) or last.oom_killed

    def has_just_recovered(self, now: float) -> bool:
        """
        Whether it crashed and was started again so lately that it may crash again.

        Args:
            now: Seconds since 1970.
        """
        if not self.has_crashed:
            return False
        latest = next(event for event in self.events if event.exit is not None or event.is_start)
        return latest.is_start and 0 <= now - latest.timestamp / 1000 < STABLE

    @property
    def last_exit(self) -> Exit | None:
        """The latest end of its process."""
        return next((event.exit for event in self.events if event.exit is not None), None)


@frozen
class LeaseData:
    """
    Whose a lease is.

    Attributes:
        expires_at: Seconds since 1970.
    """

    owner: str = ""
    expires_at: int = 0


@frozen
class Lease:
    """The right to change a machine, to the exclusion of others."""

    data: LeaseData


@frozen
class Release:
    """A numbered deployment of an app."""

    id: str
    version: int
    status: ReleaseStatus | Unknown
    created_at: str
    in_progress: bool = False
    description: str = ""
    image_ref: str = ""


@frozen
class ScaleGroup:
    """How many machines a process group has, and of what size."""

    process: str
    count: int
    cpu_kind: str
    cpus: int
    memory: int
    regions: Mapping[str, int]


@frozen
class LogEntry:
    """A line of an app's logs."""

    timestamp: str
    message: str
    level: str = ""
    instance: str = ""
    region: str = ""
