"""What a deploy waits for: states, signs of crashing, checks, open ports."""

from __future__ import annotations

from collections.abc import Callable

from provision.local.standin.deploy.complaints import say_no_logs, say_unreachable, state_timeout
from provision.local.standin.deploy.plan import Plan
from provision.local.standin.deploy.progress import Line
from provision.local.standin.failure import Failure
from provision.local.standin.requests import actions, logs, machines
from provision.local.world import machines as world_machines
from provision.local.world.checks import CheckStatus
from provision.local.world.machine import Machine

POLL_SECONDS = 0.03
SMOKE_SECONDS, OLD_ENOUGH_MS = 10.0, 10_000
LISTEN_SECONDS = 15.0
CRASHING = "the app appears to be crashing"
NOT_FOUND, TIMED_OUT = 404, 408


class Waits:
    """
    The waiting of a deploy.

    Args:
        plan: The deploy.
        renew: Prolongs its leases; called between looks.
    """

    def __init__(self, plan: Plan, renew: Callable[[], None]) -> None:
        self._plan = plan
        self._api = plan.api
        self._renew = renew
        self._listened: set[str] = set()

    def state(self, machine: Machine, state: str, line: Line | None, *, new: bool = True) -> None:
        """
        Wait until a machine is in *state*.

        Args:
            machine: The machine.
            state: The state.
            line: Where to say so; None for silence.
            new: Whether it may not be visible yet.

        Raises:
            Failure: It took longer than the deploy waits.
        """
        label = machines.label(machine)
        if line:
            line.log(f"Waiting for {label} to have state: {state}")
        until = self._deadline()
        while not self._reached(machine, state, until, new=new):
            if self._now() >= until:
                raise state_timeout(state)
            self._pause()
        if line:
            line.log(f"Machine {label} has state: {state}")

    def smoke(self, machine: Machine, line: Line | None) -> None:
        """
        Watch whether a machine crashes.

        Raises:
            Failure: It does, again and again.
        """
        if self._plan.settings.detach or not self._plan.settings.smoke_checks:
            return
        if line:
            line.log(f"Checking that {machines.label(machine)} is up and running")
        until = self._now() + int(SMOKE_SECONDS * 1000)
        while True:
            found = self._show(machine)
            if self._is_crashing(found):
                raise self._crashing(machine)
            if self._uptime(found) > OLD_ENOUGH_MS or self._now() > until:
                return
            self._pause()

    def health(self, machine: Machine, line: Line | None) -> None:
        """
        Wait until all checks of a machine pass; return at once if it declares none.

        Raises:
            Failure: They took longer than the deploy waits.
        """
        if not _declares_checks(machine):
            return
        until, said = self._deadline(), False
        while True:
            found = self._show(machine)
            results = world_machines.checks_of(self._api.world, found)
            passing = sum(each.status is CheckStatus.PASSING for each in results)
            is_healthy = bool(results) and passing == len(results)
            if line and (is_healthy or not said):
                count = f"{passing}/{len(results)}"
                line.log(f"Waiting for {machines.label(machine)} to become healthy: {count}\n")
                said = True
            if is_healthy:
                return
            if self._now() >= until:
                raise self._unhealthy(machine)
            self._pause()

    def listening(self, machine: Machine) -> None:
        """Warn where the first machine of a group does not listen where its services say."""
        group = machines.group(machine)
        services = machine.config.get("services") or []
        ports = {each.get("internal_port", 0) for each in services if each.get("protocol") == "tcp"}
        if group in self._listened or not ports:
            return
        self._listened.add(group)
        until = self._now() + int(LISTEN_SECONDS * 1000)
        while True:
            try:
                found = actions.processes(self._api, machine)
            except Failure:
                return
            listeners = [address for each in found for address in each.addresses]
            missing = ports - {_port(each) for each in listeners if not each.startswith("127.")}
            if not missing:
                return
            if self._now() >= until:
                break
            self._pause()
        if listeners:
            commands = [[each.command, ", ".join(each.addresses)] for each in found]
            say_unreachable(self._plan.session, missing, commands)

    def pause(self) -> None:
        """Wait a moment, and prolong the leases."""
        self._pause()

    def _reached(self, machine: Machine, state: str, until: int, *, new: bool) -> bool:
        # One request at a time, so that leases are prolonged between them.
        seconds = min(2.0, max(0.0, (until - self._now()) / 1000))
        try:
            actions.wait(self._api, machine, state, seconds=seconds)
        except Failure as failure:
            if failure.status == NOT_FOUND and state == "destroyed":
                return True
            if failure.status == NOT_FOUND and not new:
                raise
            return False
        return True

    def _is_crashing(self, machine: Machine) -> bool:
        for event in world_machines.events_of(self._api.world, machine):
            if event.exit is not None:
                ended = event.exit
                restarts = ended.restarting and ended.restart_count > 1
                return bool(restarts and ended.exit_code and not ended.requested_stop)
        return False

    def _uptime(self, machine: Machine) -> int:
        for event in world_machines.events_of(self._api.world, machine):
            if event.type == "start":
                return self._now() - event.timestamp
            if event.type in {"launch", "exit"}:
                return 0
        return 0

    def _crashing(self, machine: Machine) -> Failure:
        advice = (
            f"Smoke checks for {machine.id} failed: {CRASHING}\n"
            f"Check its logs: here's the last lines below, or run 'fly logs -i {machine.id}':\n"
        )
        return Failure(
            f"smoke checks for {machine.id} failed: {CRASHING}",
            suggestion=advice + self._logs(machine),
        )

    def _logs(self, machine: Machine) -> str:
        app, region = self._plan.app.name, self._plan.config.primary_region
        try:
            lines = logs.list_(self._api, app, instance=machine.id, region=region)
        except Failure as failure:
            return say_no_logs(self._plan.session, app, machine.id, failure)
        return "".join(
            f"{each.message}\n" for each in lines if each.happened_at >= machine.updated_at
        )

    def _unhealthy(self, machine: Machine) -> Failure:
        self.listening(machine)
        path = f"/v1/apps/{machine.app.name}/machines/{machine.id}"
        return Failure(
            "timeout reached waiting for health checks to pass for machine "
            f"{machine.id}: failed to get VM {machine.id}: Get "
            f'"{self._api.flaps_url}{path}": net/http: request canceled'
        )

    def _show(self, machine: Machine) -> Machine:
        try:
            return machines.show(self._api, self._plan.app.name, machine.id)
        except Failure as failure:
            failure.message = f"error getting machine {machine.id} from api: {failure.message}"
            raise

    def _deadline(self) -> int:
        return self._now() + int(self._plan.settings.wait_seconds * 1000)

    def _now(self) -> int:
        now: int = self._api.world.clock.now()
        return now

    def _pause(self) -> None:
        self._renew()
        self._api.world.clock.sleep(POLL_SECONDS)


def _declares_checks(machine: Machine) -> bool:
    services = machine.config.get("services") or []
    return bool(machine.config.get("checks") or any(each.get("checks") for each in services))


def _port(address: str) -> int:
    return int(address.rpartition(":")[2])
