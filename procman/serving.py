"""Services in a scope: there when the block is entered, gone when it is left."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import anyio

from procman._execution import Execution
from procman._supervisor import Supervisor
from procman.errors import ServiceFailed
from procman.events import Hook
from procman.service import OnDeath, Service


class RunningService:
    """A service that was ready, and what has become of it since."""

    def __init__(self, supervisor: Supervisor) -> None:
        self._supervisor = supervisor

    @property
    def pid(self) -> int | None:
        """Of its latest start."""
        start = self._supervisor.start
        return None if start is None else start.pid

    @property
    def port(self) -> int | None:
        """The port its latest start was given; None if it is given none."""
        start = self._supervisor.start
        return None if start is None else start.port

    @property
    def restarts(self) -> int:
        """How often it was started again."""
        return self._supervisor.restarts

    @property
    def failure(self) -> ServiceFailed | None:
        """Why it ended for good; None as long as it did not."""
        return self._supervisor.failure

    async def ended(self) -> None:
        """Wait until it has ended for good."""
        await self._supervisor.ended.wait()


@asynccontextmanager
async def serving(
    service: Service, execution: Execution, job: str
) -> AsyncIterator[RunningService]:
    """Have *service* run within the block; see `Context.service`."""
    supervisor = Supervisor(service, execution, job)
    failure: Exception | None = None
    async with anyio.create_task_group() as tasks:

        def fail() -> None:
            if service.on_death is OnDeath.CANCEL or not is_entered:
                tasks.cancel_scope.cancel()

        is_entered = False
        tasks.start_soon(supervisor.run, fail)
        try:
            await supervisor.ready.wait()
            if supervisor.failure is None:
                is_entered = True
                yield RunningService(supervisor)
        except Exception as error:  # noqa: BLE001 - raised again, out of the task group
            failure = error
        supervisor.stop()
    if failure is not None:
        raise failure
    is_fatal = service.on_death is OnDeath.CANCEL or not is_entered
    if supervisor.failure is not None and is_fatal:
        raise supervisor.failure


@asynccontextmanager
async def run_service(
    service: Service, *, hooks: Sequence[Hook] = ()
) -> AsyncIterator[RunningService]:
    """
    Have *service* run within the block, outside any workflow; see `Context.service`.

    Raises:
        ServiceFailed: as `Context.service`.
        BaseException: a hook raised it.
    """
    execution = Execution(hooks)
    async with serving(service, execution, service.name) as running:
        yield running
    if isinstance(execution.stopped_by, BaseException):
        raise execution.stopped_by
