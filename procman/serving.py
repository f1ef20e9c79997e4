"""Services in a scope: there when the block is entered, gone when it is left."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import anyio

from procman._execution import Execution
from procman._supervisor import Supervisor
from procman.events import Hook
from procman.service import OnDeath, Service


class RunningService:
    """A service that was ready, and what has become of it since."""

    def __init__(self, supervisor: Supervisor) -> None:
        self._supervisor = supervisor

    @property
    def name(self) -> str:
        """The service's."""
        return self._supervisor.service.name

    @property
    def pid(self) -> int:
        """Of its latest start."""
        return self._supervisor.pid

    @property
    def port(self) -> int:
        """
        The port its latest start was given.

        Raises:
            ValueError: it is given none: its command is no function of a port.
        """
        if (port := self._supervisor.port) is None:
            raise ValueError(f"service {self.name} is given no port: its command is to take one")
        return port

    @property
    def restarts(self) -> int:
        """How often it was started again."""
        return self._supervisor.restarts

    @property
    def failure(self) -> Exception | None:
        """
        Why it ended for good: a `ServiceFailed`; None as long as it did not.

        Or, if that raised when it was to be started again, what the function raised that makes
        its command.
        """
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
    raised: Exception | None = None
    is_its_end_fatal = True
    async with anyio.create_task_group() as tasks:

        async def keep_running() -> None:
            await supervisor.run()
            if supervisor.failure is not None and is_its_end_fatal:
                tasks.cancel_scope.cancel()

        tasks.start_soon(keep_running)
        try:
            await supervisor.ready.wait()
            if supervisor.failure is None:
                is_its_end_fatal = service.on_death is OnDeath.CANCEL
                yield RunningService(supervisor)
        except Exception as error:  # noqa: BLE001 - raised again, out of the task group
            raised = error
        supervisor.stop()
    failure = raised or (supervisor.failure if is_its_end_fatal else None)
    if failure is not None:
        raise failure


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
