"""The strategy `bluegreen`: a second set of machines, and then an end to the first."""

from __future__ import annotations

from provision.local.standin.deploy.holds import Holds
from provision.local.standin.deploy.plan import Plan
from provision.local.standin.deploy.update import Entry
from provision.local.standin.deploy.waits import Waits
from provision.local.standin.failure import Failure, within
from provision.local.standin.requests import actions, machines
from provision.local.world import identity
from provision.local.world import machines as world_machines
from provision.local.world.checks import CheckStatus
from provision.local.world.machine import Machine

SETTLE_SECONDS = 0.05
"""How long the local Fly waits for traffic to move; flyctl waits ten seconds, twice."""
TAG, LAUNCH_ID = "fly_bluegreen_deployment_tag", "fly_flyctl_bluegreen_launch_id"
NO_CHECKS = (
    "\n\nYou need to define at least 1 check in order to use blue-green deployments. Refer to "
    "https://fly.io/docs/reference/configuration/#services-tcp_checks"
)
UNFIT = "app can't be deployed using bluegreen strategy"


class BlueGreen:
    """
    A deploy with two sets of machines.

    Args:
        plan: The deploy.
        holds: Its leases.
        waits: Its waiting.
        entries: The machines that exist (blue), and what their successors shall be.
    """

    def __init__(self, plan: Plan, holds: Holds, waits: Waits, entries: list[Entry]) -> None:
        self._plan = plan
        self._holds = holds
        self._waits = waits
        self._entries = entries
        self._blue = sorted((each.machine for each in entries), key=lambda each: each.id)
        self._green: list[Machine] = []

    def run(self) -> None:
        """
        Deploy; until the new machines are ready they are destroyed when something fails.

        Raises:
            Failure: Something did.
        """
        self._verify()
        try:
            self._raise_green()
        except Failure:
            self._note("\nRolling back failed deployment")
            for machine in self._green:
                actions.destroy(self._plan.api, machine)
                self._note(f"  Deleted machine {machines.label(machine)}")
            raise
        self._retire_blue()
        self._note("\nDeployment Complete")

    def _verify(self) -> None:
        actions.bluegreen_is_allowed(self._plan.api, self._plan.app.name)
        self._note("\nVerifying if app can be safely deployed ")
        found = {each.image for each in self._blue}
        if len(found) > 1:
            raise Failure("found multiple image versions")
        if not any(_checks(each.wanted.config) for each in self._entries):
            self._note(NO_CHECKS)
            raise Failure(UNFIT)

    def _raise_green(self) -> None:
        self._note("\nCreating green machines")
        tag = str(self._plan.session.world.clock.now() // 1000)
        for entry in self._entries:
            self._green.append(self._create(entry, tag))
        self._green.sort(key=lambda each: each.id)
        self._note("\nWaiting for all green machines to start")
        for machine in self._green:
            self._waits.state(machine, "started", None)
        self._list(self._green, "started")
        self._note("\nWaiting for all green machines to be healthy")
        self._wait_for_health()
        self._note("\nMarking green machines as ready")
        for machine in self._green:
            actions.uncordon(self._plan.api, machine)
            self._note(f"  Machine {machines.label(machine)} now ready")

    def _create(self, entry: Entry, tag: str) -> Machine:
        config = dict(entry.wanted.config)
        launch = {TAG: tag, LAUNCH_ID: identity.ulid(self._plan.session.world)}
        config["metadata"] = dict(sorted((config["metadata"] | launch).items()))
        try:
            machine, _ = machines.create(
                self._plan.api,
                self._plan.app.name,
                config,
                entry.wanted.region,
                skip_launch=False,
                skip_service_registration=True,
            )
        except Failure as failure:
            raise within("failed to create green machines", failure) from None
        self._note(f"  Created machine {machines.label(machine)}")
        return machine

    def _wait_for_health(self) -> None:
        until = self._plan.session.world.clock.now() + int(self._plan.settings.wait_seconds * 1000)
        last = [""] * len(self._green)
        while True:
            views = [self._health(machine) for machine in self._green]
            if views != last:
                for machine, view in zip(self._green, views, strict=True):
                    self._note(f"  Machine {machines.label(machine)} - {view}")
                last = views
            if all(_is_healthy(view) for view in views):
                return
            if self._plan.session.world.clock.now() > until:
                raise Failure("wait timeout")
            self._waits.pause()

    def _health(self, machine: Machine) -> str:
        found = machines.show(self._plan.api, self._plan.app.name, machine.id)
        results = world_machines.checks_of(self._plan.session.world, found)
        if not results:
            return "unchecked"
        passing = sum(each.status is CheckStatus.PASSING for each in results)
        return f"{passing}/{len(results)} passing"

    def _retire_blue(self) -> None:
        self._note("\nCheckpointing deployment, this may take a few seconds...")
        for machine in self._blue:
            actions.set_metadata(self._plan.api, machine, TAG, "safe_to_destroy")
        self._note("\nWaiting before cordoning all blue machines")
        self._settle()
        for machine in self._blue:
            actions.cordon(self._plan.api, machine, self._holds.nonce(machine))
            self._note(f"  Machine {machines.label(machine)} cordoned")
        self._note("\nWaiting before stopping all blue machines")
        self._settle()
        self._stop_blue()
        self._note("\nDestroying all blue machines")
        for machine in self._blue:
            actions.destroy(self._plan.api, machine, self._holds.nonce(machine))
            self._holds.forget(machine)
            self._note(f"  Machine {machines.label(machine)} destroyed")

    def _stop_blue(self) -> None:
        self._note("\nStopping all blue machines")
        for machine in self._blue:
            actions.stop(self._plan.api, machine, self._holds.nonce(machine))
        self._note("\nWaiting for all blue machines to stop")
        self._list(self._blue, "started")
        for machine in self._blue:
            self._waits.state(machine, "stopped", None, new=False)
        self._list(self._blue, "stopped")

    def _settle(self) -> None:
        self._holds.renew()
        self._plan.session.world.clock.sleep(SETTLE_SECONDS)

    def _list(self, found: list[Machine], state: str) -> None:
        for machine in found:
            self._note(f"  Machine {machines.label(machine)} - {state}")

    def _note(self, text: str) -> None:
        self._plan.session.note(text)


def _checks(config: dict[str, object]) -> bool:
    services = config.get("services") or []
    assert isinstance(services, list)  # noqa: S101 - flyctl built it so
    return bool(config.get("checks") or any(each.get("checks") for each in services))


def _is_healthy(view: str) -> bool:
    passing, _, total = view.partition(" ")[0].partition("/")
    return bool(total) and passing == total
