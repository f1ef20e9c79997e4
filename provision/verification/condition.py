"""How an app is: configured as declared or not, well or not."""

from __future__ import annotations

import enum
from collections.abc import Sequence

from provision.fly.models import Machine, MachineState
from provision.plan import machines_of
from provision.platform import PlatformApp
from provision.verification.finding import OF_HEALTH, UNCHECKED, Finding, Severity
from provision.verification.observe import SeenApp


class Sync(enum.Enum):
    """Whether an app is configured as declared."""

    SYNCED = "synced"
    OUT_OF_SYNC = "out_of_sync"
    UNKNOWN = "unknown"


class Health(enum.Enum):
    """How an app does, whatever its configuration."""

    HEALTHY = "healthy"
    IDLE = "idle"
    PROGRESSING = "progressing"
    DEGRADED = "degraded"
    MISSING = "missing"
    UNKNOWN = "unknown"


def sync_of(findings: Sequence[Finding]) -> Sync:
    """Whether the app with *findings*, which exists, is configured as declared."""
    errors = {f.code for f in findings if f.severity is Severity.ERROR}
    return Sync.OUT_OF_SYNC if errors - OF_HEALTH else Sync.SYNCED


def health_of(app: PlatformApp, seen: SeenApp, findings: Sequence[Finding]) -> Health:
    """How the app with *findings* does."""
    mine = [m for group in app.groups for m in machines_of(seen.machines, group)]
    if seen.app is None or (not mine and any(app.declared.machines.values())):
        return Health.MISSING
    if any(not isinstance(machine.state, MachineState) for machine in mine):
        return Health.UNKNOWN
    if any(_is_on_its_way(machine) for machine in mine):
        return Health.PROGRESSING
    ill = {finding.code for finding in findings} & OF_HEALTH
    if ill:
        return Health.UNKNOWN if ill == {UNCHECKED} else Health.DEGRADED
    is_up = any(machine.state is MachineState.STARTED for machine in mine)
    return Health.HEALTHY if is_up or not mine else Health.IDLE


def _is_on_its_way(machine: Machine) -> bool:
    """Whether *machine* is about to be in another state; after a crash it may go in circles."""
    is_passing = isinstance(machine.state, MachineState) and machine.state.is_passing
    return is_passing and not machine.has_crashed
