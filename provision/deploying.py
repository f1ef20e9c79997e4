"""Looks at machines while a deploy waits for them: flyctl waits in vain for one that has exited."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import anyio
from attrs import frozen

from procman import Context, StepError
from provision.converge import make
from provision.errors import ProvisionError
from provision.fly import machines
from provision.fly.errors import FlyError
from provision.fly.models import Machine
from provision.plan import Change
from provision.platform import PlatformApp
from provision.session import Session

LOOK_AGAIN = 10.0
"""Seconds between two looks at machines during a deploy."""


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
    watch = _Watch(context, session, app, frozenset(machine.instance_id for machine in before))
    result: Any = None
    failure: FlyError | StepError | None = None
    exited: Machine | None = None
    async with anyio.create_task_group() as tasks:
        with anyio.CancelScope() as deploying:

            async def give_up() -> None:
                nonlocal exited
                exited = await watch.for_an_exit()
                deploying.cancel()

            tasks.start_soon(give_up)
            try:
                result = await make(context, deploy)
            except (FlyError, StepError) as error:
                failure = error
        tasks.cancel_scope.cancel()
    if exited is not None:
        raise MachineExited(exited)
    if failure is not None:
        raise failure
    return result


@frozen
class _Watch:
    context: Context
    session: Session
    app: PlatformApp
    before: frozenset[str]

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
