"""Machines, their states and images."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import Any

from attrs import field, frozen

from provision.fly.models.checks import Check
from provision.fly.models.events import Exit, MachineEvent
from provision.fly.models.unknown import Unknown

STABLE = 10.0
"""Seconds after a crash that a machine must run to be trusted again; flyctl's smoke check's."""


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

    @property
    def has_exited_for_good(self) -> bool:
        """Whether its process ended unasked since it was last started, and stays ended."""
        if self.state not in (MachineState.STOPPED, MachineState.FAILED):
            return False
        latest = next((e for e in self.events if e.exit is not None or e.is_beginning), None)
        last = latest.exit if latest else None
        return last is not None and not last.requested_stop and not last.restarting

    def has_just_recovered(self, now: float) -> bool:
        """
        Whether it crashed, or was started again after that, so lately that it may crash again.

        Args:
            now: Seconds since 1970.
        """
        if not self.has_crashed:
            return False
        # Its state may say that it runs again before an event does.
        latest = next(event for event in self.events if event.exit is not None or event.is_start)
        return 0 <= now - latest.timestamp / 1000 < STABLE

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
