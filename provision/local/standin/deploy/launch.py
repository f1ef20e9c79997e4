"""Machines for the process groups that have none, and an end to those of groups that are gone."""

from __future__ import annotations

from provision.local.standin.appconfig import services
from provision.local.standin.deploy.holds import abandon, release
from provision.local.standin.deploy.inputs import Input, for_launch
from provision.local.standin.deploy.plan import Plan
from provision.local.standin.deploy.progress import Line
from provision.local.standin.deploy.waits import Waits
from provision.local.standin.failure import Failure, Interrupted, within
from provision.local.standin.requests import actions, machines
from provision.local.world.machine import Machine
from provision.local.world.record import Record

SPARE = "Creating a second machine for high availability and zero downtime deployments."
HOW_NOT = 'To disable this, set "min_machines_running = 0" in your fly.toml.'
NOTES = {
    "stop": """'auto_stop_machines = "stop"' that will be stopped when idling""",
    "suspend": """'auto_stop_machines = "suspend"' that will be suspended when idling""",
}


class Changes(Record):
    """
    What changes about the process groups.

    Attributes:
        missing: Groups without a machine.
        removed: Machines of groups that are gone.
    """

    missing: list[str]
    removed: list[Machine]


def changes(plan: Plan) -> Changes:
    """Return what changes about the process groups."""
    missing = [group for group in plan.groups if not plan.in_group(group)]
    removed = [each for each in plan.machines if machines.group(each) not in plan.groups]
    return Changes(missing, removed)


def announce(plan: Plan, found: Changes) -> None:
    """Say what changes about the process groups; nothing if nothing does."""
    if not found.missing and not found.removed:
        return
    first = "This deployment will:" if plan.is_first else "Process groups have changed. This will:"
    plan.session.say(first)
    names = [machines.group(each) for each in found.removed]
    for group in sorted(set(names)):
        plural = "" if names.count(group) == 1 else "s"
        plan.session.say(f' * destroy {names.count(group)} "{group}" machine{plural}')
    for group in found.missing:
        plan.session.say(f" * create {_described(plan, group)}")
    plan.session.say()


def destroy(plan: Plan, machine: Machine, nonce: str = "") -> None:
    """
    Destroy a machine, whatever it is doing.

    Raises:
        Failure: It cannot be.
    """
    plan.session.say(
        f"machine {machine.id} was found and is currently in {machine.state} state, attempting to "
        "destroy..."
    )
    try:
        actions.destroy(plan.api, machine, nonce)
    except Failure as failure:
        raise within(f"could not destroy machine {machine.id}", failure) from None


def create(plan: Plan, waits: Waits, groups: list[str]) -> None:
    """
    Create the machines of *groups*, with their spares.

    Raises:
        Failure: One could not be created, or does not come up.
    """
    for index, group in enumerate(groups):
        line = Line(plan.session, index, len(groups))
        line.running("Launching new machine")
        plan.session.say(f"No machines in group {group}, launching a new machine")
        try:
            _create_group(plan, waits, group, line)
        except Failure as failure:
            line.failed(f"Failed: {failure.message}")
            raise
    if groups:
        plan.session.note("Finished launching new machines")
    _say_what_sleeps(plan, groups)


def spawn(plan: Plan, waits: Waits, wanted: Input, line: Line) -> tuple[Machine, str]:
    """
    Create one machine and wait until it is up.

    Returns:
        The machine, and the nonce of the lease it had.

    Raises:
        Failure: It could not be created, or does not come up.
        Interrupted: Somebody ended it; its lease stays.
    """
    seconds = int(plan.settings.wait_seconds)
    try:
        machine, lease = machines.create(
            plan.api,
            plan.app.name,
            wanted.config,
            wanted.region,
            skip_launch=wanted.skip_launch,
            lease_seconds=seconds,
        )
    except Failure as failure:
        raise within("error creating a new machine", failure) from None
    line.log(f"Machine {machines.label(machine)} was created")
    nonce = lease.nonce if lease else ""
    try:
        if not wanted.skip_launch and plan.config.strategy != "immediate":
            _come_up(plan, waits, machine, line)
    except Interrupted:
        if nonce:
            abandon(plan, machine)
        raise
    except Failure:
        release(plan, machine, nonce)
        raise
    release(plan, machine, nonce)
    return machine, nonce


def _create_group(plan: Plan, waits: Waits, group: str, line: Line) -> None:
    machine, _ = spawn(plan, waits, for_launch(plan, group), line)
    if not plan.settings.ha or plan.config.of_group("mounts", group):
        return
    if services.of_group(plan.config, group):
        plan.session.say(SPARE)
        plan.session.say(HOW_NOT)
        spawn(plan, waits, for_launch(plan, group), line)
    else:
        plan.session.say(f"Creating a standby machine for {machine.id}")
        spawn(plan, waits, for_launch(plan, group, standby_for=machine.id), line)


def _come_up(plan: Plan, waits: Waits, machine: Machine, line: Line) -> None:
    waits.smoke(machine, None)
    if not plan.settings.detach:
        waits.state(machine, "started", None)
        waits.health(machine, None)
        line.succeeded(f"Machine {machines.label(machine)} update finished: success")
    waits.listening(machine)


def _described(plan: Plan, group: str) -> str:
    if not plan.settings.ha or plan.config.of_group("mounts", group):
        return f'1 "{group}" machine'
    if services.of_group(plan.config, group):
        return f'2 "{group}" machines'
    return f'1 "{group}" machine and 1 standby machine for it'


def _say_what_sleeps(plan: Plan, groups: list[str]) -> None:
    for kind, what in NOTES.items():
        names = ",".join(group for group in groups if _autostop(plan, group) == kind)
        if names:
            plan.session.say(f"\n\nNOTE: The machines for [{names}] have services with {what}\n")


def _autostop(plan: Plan, group: str) -> str:
    # The most careful setting of all services wins.
    order = ["off", "stop", "suspend"]
    spelled = {False: "off", True: "stop"}
    found = services.of_group(plan.config, group)
    settings = [each.get("auto_stop_machines", False) for each in found]
    return min((spelled.get(each, each) for each in settings), key=order.index, default="off")
