"""The leases a deploy holds on machines, prolonged while it waits."""

from __future__ import annotations

from provision.local.standin.api import Api
from provision.local.standin.deploy.plan import Plan
from provision.local.standin.deploy.progress import INFO, warn
from provision.local.standin.failure import Failure
from provision.local.standin.requests import leases, machines
from provision.local.world.machine import Machine


class Holds:
    """
    Leases on machines.

    Args:
        plan: The deploy that holds them.
    """

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._api: Api = plan.api
        self._held: dict[str, tuple[Machine, str]] = {}
        self._seconds = int(plan.settings.lease_seconds)
        self._renew_at = 0

    def acquire(self, found: tuple[Machine, ...]) -> None:
        """Take the lease on every machine in *found*, waiting for those that others have."""
        for machine in found:
            lease = leases.acquire(self._api, machine, seconds=self._seconds)
            self._held[machine.id] = (machine, lease.nonce)
        self._plan_renewal()

    def nonce(self, machine: Machine) -> str:
        """Return what proves the lease on *machine*; "" where there is none."""
        return self._held[machine.id][1] if machine.id in self._held else ""

    def renew(self) -> None:
        """Prolong all leases if it is time to; called wherever a deploy waits."""
        if not self._held or self._api.world.clock.now() < self._renew_at:
            return
        for machine, nonce in self._held.values():
            try:
                leases.acquire(self._api, machine, seconds=self._seconds, nonce=nonce)
            except Failure as failure:
                text = f"error refreshing lease for machine {machine.id}: {failure}"
                warn(self._plan.session, text)
        self._plan_renewal()

    def forget(self, machine: Machine) -> None:
        """Stop holding a machine that is gone."""
        self._held.pop(machine.id, None)

    def release(self) -> None:
        """Give all leases back."""
        for machine, nonce in self._held.values():
            release(self._plan, machine, nonce)
        self._held.clear()

    def abandon(self) -> None:
        """Say what flyctl says when it is interrupted; the leases stay until they expire."""
        note = "detected canceled context and allowing 500ms to release machine"
        self._plan.session.say(f"{INFO} {note} leases\n")
        for machine, _ in self._held.values():
            self._plan.session.say(f"{INFO} {note} {machines.label(machine)} lease\n")

    def _plan_renewal(self) -> None:
        delay = (self._plan.settings.lease_seconds - 1) / 3
        self._renew_at = self._api.world.clock.now() + int(delay * 1000)


def abandon(plan: Plan, machine: Machine) -> None:
    """Say that one lease cannot be given back after an interruption: it stays until it expires."""
    label = machines.label(machine)
    note = "detected canceled context and allowing 500ms to release machine"
    plan.session.say(f"{INFO} {note} {label} lease\n")
    path = f"/v1/apps/{machine.app.name}/machines/{machine.id}/lease"
    error = f'Delete "{plan.api.flaps_url}{path}": interrupt signal received'
    warn(plan.session, f"failed to release lease for machine {label}: {error}")


def release(plan: Plan, machine: Machine, nonce: str) -> None:
    """Give one lease back, if there is one; that it has expired is only worth a warning."""
    if not nonce:
        return
    try:
        leases.release(plan.api, machine, nonce)
    except Failure as failure:
        label = machines.label(machine)
        warn(plan.session, f"failed to release lease for machine {label}: {failure.message}")
