"""What a job holds while it runs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from typing import Any, TypeVar

import anyio

from procman._execution import Execution
from procman._step_run import StepRun
from procman.errors import JobTimedOut, NoResult
from procman.events import JobLogged
from procman.job import Job
from procman.outcome import Limit, LimitName
from procman.service import Service
from procman.serving import RunningService, serving
from procman.step import Step

T = TypeVar("T")


class Context:
    """What a job gets as its argument."""

    def __init__(
        self, execution: Execution, job: Job[Any], results: Mapping[Job[Any], Any]
    ) -> None:
        self._execution = execution
        self._job = job
        self._results = results
        self._scope = anyio.CancelScope()

    async def bounded(self, function: Callable[[Context], Awaitable[T]]) -> T:
        """
        What *function* returns, if the job's limit allows.

        Raises:
            JobTimedOut: it does not.
        """
        timeout = self._job.timeout
        if timeout is None:
            return await function(self)
        self._scope.deadline = anyio.current_time() + timeout
        with self._scope:
            return await function(self)
        raise JobTimedOut(self._job.name, Limit(LimitName.JOB, timeout))

    async def run(self, step: Step[T]) -> T:
        """
        The result of *step*, after as many attempts as its policy allows.

        Raises:
            StepError: the last attempt failed; which kind says how, its diagnostics are on it.
            Exception: what the step's own `explain` or `parse` raised.
        """
        async with self._slot(step.resource):
            run = StepRun(self._execution, self._job.name, step, self._why_cancelled)
            return await run.run()

    @asynccontextmanager
    async def service(self, service: Service) -> AsyncIterator[RunningService]:
        """
        Have *service* run within the block, which is entered when it is ready.

        It is stopped at the end of the block; of nested blocks the inner one's service first.

        Raises:
            ServiceFailed: it did not become ready; or it ended for good, and `OnDeath.CANCEL`
                is declared.
        """
        async with serving(service, self._execution, self._job.name) as running:
            yield running

    def log(self, message: str, **fields: object) -> None:
        """Tell the hooks something; *fields* are told beside the text, as str."""
        values = {name: str(value) for name, value in fields.items()}
        self._execution.emit(JobLogged(self._execution.now(), self._job.name, message, values))

    def result(self, job: Job[T]) -> T:
        """
        What *job* returned.

        Raises:
            NoResult: this job does not need it.
        """
        if job.name not in self._job.needed or job not in self._results:
            raise NoResult(job.name, f"job {self._job.name} does not need it")
        result: T = self._results[job]
        return result

    def _slot(self, resource: str | None) -> AbstractAsyncContextManager[Any]:
        return nullcontext() if resource is None else self._execution.slot(resource)

    def _why_cancelled(self) -> str:
        timeout = self._job.timeout
        if timeout is not None and self._scope.cancel_called:
            return f"{Limit(LimitName.JOB, timeout)} reached"
        return self._execution.reason
