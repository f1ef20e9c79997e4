"""Runs one service that is a job of its own: for as long as others need it to."""

from __future__ import annotations

from collections.abc import Callable

import anyio

from procman._execution import Execution
from procman._supervisor import Supervisor
from procman.job import Edge, ServiceJob
from procman.serving import RunningService


class ServiceRun:
    """
    *job* in one run.

    Attributes:
        service: What those who need it are given.
        was_ready: Whether it ever was.
        lost: Why it cannot go on, of a service that it needs itself; None if it can.
    """

    def __init__(self, job: ServiceJob, execution: Execution) -> None:
        self._supervisor = Supervisor(job.service, execution, job.name)
        self.service = RunningService(self._supervisor)
        self.was_ready = False
        self.lost: str | None = None

    def stop(self) -> None:
        """Have it ended as its command says: nobody needs it any more."""
        self._supervisor.stop()

    async def run(self, reached: Callable[[Edge], None], on_cancelled: Callable[[], None]) -> None:
        """
        Keep it running until `stop`, past a cancellation: others may still use it.

        Args:
            reached: Told how far it has come.
            on_cancelled: Told at once when this is cancelled.

        Raises:
            ServiceFailed: it ended for good before it was stopped.
            Exception: what the function that makes its command raised.
        """
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._keep_running)
            try:
                await self._follow(reached)
            except anyio.get_cancelled_exc_class():
                on_cancelled()
                raise
        if self._supervisor.failure is not None:
            raise self._supervisor.failure

    async def _keep_running(self) -> None:
        with anyio.CancelScope(shield=True):
            await self._supervisor.run()

    async def _follow(self, reached: Callable[[Edge], None]) -> None:
        supervisor = self._supervisor
        await supervisor.started.wait()
        if not supervisor.ended.is_set():
            reached(Edge.STARTED)
        await supervisor.ready.wait()
        if not supervisor.ended.is_set():
            self.was_ready = True
            reached(Edge.READY)
        await supervisor.ended.wait()
