"""The release command: a machine of its own that runs before any other is touched."""

from __future__ import annotations

from provision.local.standin.appconfig import sizes
from provision.local.standin.appconfig.machine import RELEASE_COMMAND_GROUP, ordered, release_config
from provision.local.standin.commands.version import VERSION
from provision.local.standin.deploy.plan import Plan
from provision.local.standin.deploy.progress import Line
from provision.local.standin.deploy.waits import Waits
from provision.local.standin.failure import Failure, within
from provision.local.standin.requests import actions, logs, machines
from provision.local.world import machines as world_machines
from provision.local.world.clock import rfc3339
from provision.local.world.hints import Any
from provision.local.world.life import GONE
from provision.local.world.machine import Machine

ABORTED = "release command failed - aborting deployment."


def run(plan: Plan, waits: Waits) -> None:
    """
    Run the release command, if there is one.

    Raises:
        Failure: It could not be run, or failed.
    """
    command = plan.config.section("deploy").get("release_command")
    if not command or plan.settings.skip_release_command:
        return
    line = Line(plan.session)
    plan.session.note(f"Running {plan.app.name} release_command: {command}")
    try:
        _run(plan, waits, line)
    except Failure as failure:
        line.failed(f"Failed: {failure.message}")
        failure.message = f"{ABORTED} {failure.message}"
        raise


def _run(plan: Plan, waits: Waits, line: Line) -> None:
    line.running(f"Created release_command machine {(machine := _create(plan)).id}")
    waits.state(machine, "stopped", line)
    plan.session.note("Starting machine")
    line.log(f"Waiting for {machine.id} to have state: started")
    actions.start(plan.api, machine)
    if _is_seen_running(waits, machine, line):
        waits.state(machine, "destroyed", line)
    line.log(f"Waiting for {machine.id} to get exit event")
    code = _exit_code(plan, waits, machine)
    if code:
        line.failed("release_command failed")
        _say_logs(plan, machine, code)
        raise Failure(f"machine {machine.id} exited with non-zero status of {code}")
    line.succeeded(f"release_command {machine.id} completed successfully")


def _is_seen_running(waits: Waits, machine: Machine, line: Line) -> bool:
    try:
        waits.state(machine, "started", line, new=False)
    except Failure as failure:
        if failure.status == 404:  # noqa: PLR2004 - it has ended already
            return False
        raise
    return True


def _create(plan: Plan) -> Machine:
    for leftover in machines.list_(plan.api, plan.app.name) if plan.machines else ():
        if machines.group(leftover) == RELEASE_COMMAND_GROUP and leftover.state not in GONE:
            actions.destroy(plan.api, leftover)
    config = release_config(plan.config, version=VERSION, files=plan.files)
    config.setdefault("guest", _guest(plan))
    config["image"] = plan.image_ref
    region = plan.config.primary_region
    try:
        machine, _ = machines.create(
            plan.api, plan.app.name, ordered(plan.stamp(config)), region, skip_launch=True
        )
    except Failure as failure:
        failing = "error running release_command machine: error creating a release_command machine"
        raise within(failing, failure) from None
    return machine


def _guest(plan: Plan) -> dict[str, Any]:
    found = [each.config.get("guest") or {} for each in plan.in_group(plan.config.default_group)]
    largest = max(found, key=lambda guest: guest.get("memory_mb", 0), default=None)
    return largest or sizes.preset("shared-cpu-2x")


def _exit_code(plan: Plan, waits: Waits, machine: Machine) -> int:
    while True:
        found = machines.show(plan.api, plan.app.name, machine.id)
        for event in world_machines.events_of(plan.session.world, found):
            if event.exit is not None:
                return event.exit.exit_code
        waits.pause()


def _say_logs(plan: Plan, machine: Machine, code: int) -> None:
    plan.session.note(
        f"Error release_command failed running on machine {machine.id} with exit code {code}."
    )
    plan.session.note("Checking logs: fetching the last 100 lines below:")
    for each in logs.list_(plan.api, plan.app.name, instance=machine.id):
        time = f"{rfc3339(each.happened_at)[:19]}Z"
        plan.session.note(f"\x1b[2m{time}\x1b[0m {each.message}")
