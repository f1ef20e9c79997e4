"""A deploy with an eye on its machines: flyctl waits in silence, and in vain for some of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import anyio
from attrs import evolve, frozen

from procman import Context, StepError
from provision.errors import ProvisionError
from provision.fly import leases, machines
from provision.fly.errors import FlyError
from provision.fly.models import Lease, Machine
from provision.making.converge import make
from provision.plan import Change
from provision.platform import PlatformApp
from provision.session import Session

LOOK_AGAIN = 10.0
"""Seconds between two looks at machines during a deploy."""

FOR_LEASES = 60.0
"""
Seconds that flyctl asks again for the lease on a machine that somebody else has.

Source: fly-go flaps/retry.go
"""

SILENCE = 1.0
"""Seconds of a deploy after which is told which leases it waits for."""


class MachineExited(ProvisionError):
    """Raised when a machine has exited for good while a deploy waited for its health checks."""

    hint = "see its log; when the cause is mended, run it again"

    def __init__(self, machine: Machine) -> None:
        last = machine.last_exit
        code = last.exit_code if last else "unknown"
        super().__init__(
            f"machine {machine.id} exited with code {code} while its health checks were waited "
            "for; the deploy was ended: flyctl would have waited on"
        )


async def released(
    context: Context, session: Session, app: PlatformApp, deploy: Change, before: Sequence[Machine]
) -> Any:
    """
    Run *deploy* of *app*, and end it early where what it waits for cannot come; its result.

    A run that was killed leaves its machines leased for some seconds, which flyctl waits for: it
    is told, and the deploy may take so much longer. Those of a first deploy that was interrupted
    stay leased for minutes: these are waited for as long as was said (`Session.lock_wait`).

    Args:
        context: Of the job.
        session: The run.
        app: What is deployed.
        deploy: It.
        before: The machines of *app* that there were.

    Raises:
        MachineExited: one of its machines has exited for good.
        FlyError, StepError: the deploy failed; it may have been made all the same.
    """
    held = await _held(context, session, app, before)
    instances = frozenset(machine.instance_id for machine in before)
    watch = _Watch(context, session, app, instances, held)
    result: Any = None
    failure: FlyError | StepError | None = None
    exited: Machine | None = None
    async with anyio.create_task_group() as tasks:
        with anyio.CancelScope() as deploying:

            async def give_up() -> None:
                nonlocal exited
                await watch.tell_of_leases()
                exited = await watch.for_an_exit()
                deploying.cancel()

            tasks.start_soon(give_up)
            try:
                result = await make(context, allowing_for(held, deploy))
            except (FlyError, StepError) as error:
                failure = error
        tasks.cancel_scope.cancel()
    if exited is not None:
        await _clear_lease(context, session, app, exited)
        raise MachineExited(exited)
    if failure is not None:
        raise failure
    return result


def allowing_for(held: Mapping[str, Lease], deploy: Change) -> Change:
    """*deploy* with the time it may wait for the leases that are *held*."""
    if not held:
        return deploy
    return evolve(deploy, step=evolve(deploy.step, timeout=deploy.step.timeout + FOR_LEASES))


async def _held(
    context: Context, session: Session, app: PlatformApp, before: Sequence[Machine]
) -> Mapping[str, Lease]:
    """The leases that are held still when no longer is to be waited than flyctl itself does."""
    ends_at = anyio.current_time() + session.lock_wait - FOR_LEASES
    held = await _leases(context, session, app, before)
    if held and anyio.current_time() < ends_at:
        _tell(context, held, session.lock_wait)
    while held and anyio.current_time() < ends_at:
        await anyio.sleep(min(LOOK_AGAIN, ends_at - anyio.current_time()))
        held = await _leases(context, session, app, before)
    return held


def _tell(context: Context, held: Mapping[str, Lease], seconds: float) -> None:
    for id_, lease in sorted(held.items()):
        context.log(
            f"waits up to {seconds:g} s for machine {id_}, leased by {lease.data.owner}: "
            "another deploy is at work, or was killed a moment ago"
        )


async def _leases(
    context: Context, session: Session, app: PlatformApp, before: Sequence[Machine]
) -> Mapping[str, Lease]:
    """The leases on the machines of *app* that a deploy takes for itself."""
    ids = [machine.id for machine in before if machine.is_of_app and not machine.is_gone]
    if not ids:
        return {}
    try:
        return await context.run(leases.view(session.fly, ids, app=app.name))
    except (FlyError, StepError) as error:
        # The deploy itself says better what is wrong, if anything is.
        context.log(f"nobody says whether its machines are leased: {error}".partition("\n")[0])
        return {}


async def _clear_lease(
    context: Context, session: Session, app: PlatformApp, exited: Machine
) -> None:
    """End the lease on a machine of the deploy that was ended: a new one's lasts for minutes."""
    try:
        await context.run(leases.clear(session.fly, exited.id, app=app.name))
    except (FlyError, StepError) as error:
        context.log(f"machine {exited.id} stays leased: {error}".partition("\n")[0])


@frozen
class _Watch:
    context: Context
    session: Session
    app: PlatformApp
    before: frozenset[str]
    held: Mapping[str, Lease]

    async def tell_of_leases(self) -> None:
        """Say for which leases it waits; nothing where it is through before one would wonder."""
        if not self.held:
            return
        await anyio.sleep(SILENCE)
        _tell(self.context, self.held, FOR_LEASES)

    async def for_an_exit(self) -> Machine:
        """The first machine of this deploy that has exited; an answer that fails is no answer."""
        look = machines.list_(self.session.fly, app=self.app.name)
        while True:
            await anyio.sleep(LOOK_AGAIN)
            try:
                found = await self.context.run(look)
            except (FlyError, StepError):
                continue
            for machine in found:
                if machine.instance_id not in self.before and is_awaited_in_vain(machine):
                    return machine


def is_awaited_in_vain(machine: Machine) -> bool:
    """Whether flyctl waits for health checks of *machine*, and it has exited for good."""
    services = machine.config.get("services") or ()
    is_checked = machine.config.get("checks") or any(each.get("checks") for each in services)
    return machine.is_of_app and bool(is_checked) and machine.has_exited_for_good
