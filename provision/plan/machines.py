"""How many machines an app lacks, and which must be started."""

from __future__ import annotations

from collections.abc import Sequence

from provision.fly import machines, scale
from provision.fly.models import (
    Machine,
    MachineState,
)
from provision.plan.change import Action, Change
from provision.platform import PlatformApp
from provision.session import Session

BLUEGREEN = "bluegreen"
"""The strategy of a deploy after which no machine is there that was before."""


def scale_changes(
    session: Session, app: PlatformApp, found: Sequence[Machine], *, after_deploy: bool = False
) -> tuple[Change, ...]:
    """
    More machines where *app* has too few; too many are never destroyed on the side.

    Args:
        session: The run.
        app: What is asked for.
        found: Its machines; standbys do not count.
        after_deploy: Whether a deploy comes first: it makes one in each group that has none.

    Returns:
        One change for all process groups that are short of machines, or ().
    """
    least = 1 if after_deploy else 0
    short = {
        group: wanted
        for group, wanted in app.declared.machines.items()
        if max(least, len(machines_of(found, group))) < wanted
    }
    if not short:
        return ()
    counts = ", ".join(f"{group}={wanted}" for group, wanted in sorted(short.items()))
    region = app.config.primary_region or None
    return (
        Change(
            Action.CREATE,
            f"machines of {app.name}: {counts}",
            "fewer than declared",
            scale.count(session.fly, short, app=app.name, region=region),
            app.key,
        ),
    )


def start_changes(
    session: Session, app: PlatformApp, found: Sequence[Machine], *, after_deploy: bool = False
) -> tuple[Change, ...]:
    """
    The machines of *app* that should run and do not, started.

    Args:
        session: The run.
        app: What is asked for.
        found: Its machines.
        after_deploy: Whether a deploy comes first: those that are down stay so, but it starts
            the ones that failed, and a bluegreen one replaces them all.

    Source: flyctl internal/command/deploy/machines_launchinput.go
    """
    if after_deploy and app.strategy == BLUEGREEN:
        return ()
    down = _DOWN_AFTER_DEPLOY if after_deploy else _DOWN
    return tuple(
        Change(
            Action.UPDATE,
            f"machine {machine.id} of {app.name}",
            f"it is {machine.state.value}",
            machines.start(session.fly, machine.id, app=app.name),
            app.key,
        )
        for group in app.groups
        for machine in machines_of(found, group)
        if isinstance(machine.state, MachineState)
        if machine.state in down and _must_start(app, machine)
    )


def _must_start(app: PlatformApp, machine: Machine) -> bool:
    is_asleep = machine.state in (MachineState.STOPPED, MachineState.SUSPENDED)
    return not (is_asleep and app.may_sleep(machine.group) and not machine.has_crashed)


_DOWN_AFTER_DEPLOY = (MachineState.CREATED, MachineState.STOPPED, MachineState.SUSPENDED)
_DOWN = (*_DOWN_AFTER_DEPLOY, MachineState.FAILED)


def machines_of(found: Sequence[Machine], group: str) -> list[Machine]:
    """Those *found* that count as the machines of *group*: standbys are not among them."""
    return [
        machine
        for machine in found
        if machine.is_of_app and machine.group == group and not machine.is_gone
        if not machine.config.get("standbys")
    ]
