"""What a job holds while it runs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from procman._job_run import JobRun
from procman._step_run import StepRun
from procman.events import JobLogged
from procman.job import Job
from procman.run_errors import NoResult
from procman.service import Service
from procman.serving import RunningService, serving
from procman.step import Step

T = TypeVar("T")


class Context:
    """What a job gets as its argument."""

    __slots__ = ("_run",)

    def __init__(self, run: JobRun) -> None:
        self._run = run

    async def run(self, step: Step[T]) -> T:
        """
        The result of *step*, after as many attempts as its policy allows.

        Raises:
            StepError: the last attempt failed; which kind says how, its diagnostics are on it.
            Exception: what the step's own `explain` or `parse` raised.
        """
        if step.resource is None:
            return await self._run_now(step)
        async with self._run.execution.slot(step.resource):
            return await self._run_now(step)

    @asynccontextmanager
    async def service(self, service: Service) -> AsyncIterator[RunningService]:
        """
        Have *service* run within the block, which is entered when it is ready.

        It is stopped at the end of the block; of nested blocks the inner one's service first.

        Raises:
            ServiceFailed: it did not become ready; or it ended for good, and `OnDeath.CANCEL`
                is declared.
        """
        async with serving(service, self._run.execution, self._run.job.name) as running:
            yield running

    def log(self, message: str, /, **fields: object) -> None:
        """Tell the hooks something; *fields* are told beside the text, as str."""
        execution = self._run.execution
        values = {name: str(value) for name, value in fields.items()}
        execution.emit(JobLogged(execution.now(), self._run.job.name, message, values))

    def result(self, job: Job[T]) -> T:
        """
        What *job* returned; of a service that is a job of its own, the running service.

        Raises:
            NoResult: this job does not need it; or it did not succeed, or not yet.
        """
        run = self._run
        if job.name not in run.job.needed:
            raise NoResult(job.name, f"job {run.job.name} does not need it")
        if job not in run.results:
            raise NoResult(job.name, "it has not succeeded")
        result: T = run.results[job]
        return result

    def _run_now(self, step: Step[T]) -> Coroutine[Any, Any, T]:
        run = self._run
        return StepRun(run.execution, run.job.name, step, run.why_cancelled).run()
