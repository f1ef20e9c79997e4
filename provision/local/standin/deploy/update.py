"""New configurations for machines that exist: one after another, or all at once."""

from __future__ import annotations

from provision.local.standin.deploy.holds import Holds, release
from provision.local.standin.deploy.inputs import Input
from provision.local.standin.deploy.plan import Plan
from provision.local.standin.deploy.progress import Line
from provision.local.standin.deploy.waits import Waits
from provision.local.standin.failure import Failure, Interrupted
from provision.local.standin.requests import actions, machines
from provision.local.world.machine import Machine
from provision.local.world.record import Record

NO_ROOM = (
    "could not reserve resource for machine",
    "deploys to this host are temporarily disabled",
)


class Entry(Record):
    """
    A machine, and what it shall become.

    Attributes:
        machine: The machine.
        wanted: What it shall become.
    """

    machine: Machine
    wanted: Input


class Update:
    """
    The update of a set of machines.

    Args:
        plan: The deploy.
        holds: Its leases.
        waits: Its waiting.
    """

    def __init__(self, plan: Plan, holds: Holds, waits: Waits) -> None:
        self._plan = plan
        self._holds = holds
        self._waits = waits

    def immediately(self, entries: list[Entry]) -> None:
        """
        Update all at once, and wait for none.

        Raises:
            Failure: One could not be updated; the others were.
        """
        failures = []
        for index, entry in enumerate(entries):
            line = Line(self._plan.session, index, len(entries))
            try:
                self._watched(entry, line, wait=False)
            except Failure as failure:
                failures.append(failure)
        if failures:
            raise failures[0]

    def rolling(self, entries: list[Entry]) -> None:
        """
        Update a group at a time, those that rest first, and wait for each machine.

        Raises:
            Failure: One could not be updated, or does not come up; the rest stay as they are.
        """
        ordered = sorted(entries, key=_turn)
        for index, entry in enumerate(ordered):
            self._watched(entry, Line(self._plan.session, index, len(ordered)), wait=True)

    def _watched(self, entry: Entry, line: Line, *, wait: bool) -> None:
        label = machines.label(entry.machine)
        line.running(f"Updating {label}")
        try:
            machine = self._update(entry, line)
            if wait and not entry.wanted.skip_launch:
                self._wait(machine, line)
        except Failure as failure:
            line.failed(f"Machine {label} update failed: {failure.message}")
            raise
        except Interrupted:
            line.failed(f"Machine {label} update canceled while it was in progress")
            raise
        line.succeeded(f"Machine {label} update succeeded")

    def _update(self, entry: Entry, line: Line) -> Machine:
        machine, wanted = entry
        if wanted.replaces:
            return self._replace(entry, line)
        line.log(f"Updating {machines.label(machine)}")
        try:
            return machines.update(
                self._plan.api,
                machine,
                wanted.config,
                nonce=self._holds.nonce(machine),
                skip_launch=wanted.skip_launch,
            )
        except Failure as failure:
            # A machine with a volume would end up on the same host again.
            no_room = any(each in failure.message for each in NO_ROOM)
            if machine.config.get("mounts") or not no_room:
                raise
            return self._replace(entry, line)

    def _replace(self, entry: Entry, line: Line) -> Machine:
        machine, wanted = entry
        label = machines.label(machine)
        line.log(f"Replacing {label} by new machine")
        actions.destroy(self._plan.api, machine, self._holds.nonce(machine))
        self._holds.forget(machine)
        created, lease = machines.create(
            self._plan.api,
            self._plan.app.name,
            wanted.config,
            wanted.region,
            skip_launch=wanted.skip_launch,
            lease_seconds=int(self._plan.settings.wait_seconds),
        )
        if lease:
            release(self._plan, created, lease.nonce)
        line.log(f"Created machine {label}")
        return created

    def _wait(self, machine: Machine, line: Line) -> None:
        # A machine that was made anew says nothing of its progress.
        own = None if self._holds.nonce(machine) == "" else line
        if not self._plan.settings.detach:
            self._waits.state(machine, "started", own)
        self._waits.smoke(machine, own)
        if not self._plan.settings.detach:
            self._waits.health(machine, own)
        self._waits.listening(machine)


def _turn(entry: Entry) -> tuple[str, bool, str]:
    machine = entry.machine
    return machines.group(machine), machine.state == "started", machine.id
