"""What a job holds while it runs; the only retry and timeout loop there is."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from itertools import count
from typing import Any, TypeVar

import anyio

from procman._announcer import Announcer
from procman._execution import Execution
from procman._process.attempt import Attempt
from procman.errors import CommandNotFound, JobTimedOut, NoResult, StepError
from procman.events import JobLogged
from procman.job import Job
from procman.outcome import Limit, LimitName, Outcome
from procman.retry import delay_before_next
from procman.service import Service
from procman.serving import RunningService, serving
from procman.step import Step, When

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
            return await self._run(step)

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

    def _announcer(
        self,
        step: Step[Any],
        scope: anyio.CancelScope | None = None,
        limit: Limit | None = None,
        diagnoses: int | None = None,
    ) -> Announcer:
        """Announces *step*; *scope* is what *limit* would cancel."""

        def why_cancelled() -> str:
            if scope is not None and scope.cancel_called:
                return f"{limit} reached"
            return self._why_cancelled()

        return Announcer(self._execution, self._job.name, step.name, why_cancelled, diagnoses)

    def _why_cancelled(self) -> str:
        timeout = self._job.timeout
        if timeout is not None and self._scope.cancel_called:
            return f"{Limit(LimitName.JOB, timeout)} reached"
        return self._execution.reason

    async def _run(self, step: Step[T]) -> T:
        announcer = self._announcer(step)
        announcer.step_started()
        try:
            result = await self._attempts(step, announcer)
        except BaseException as error:
            await self._diagnose(step, announcer, error)
            announcer.step_ended(error)
            error.add_note(f"in step {step.name} of job {self._job.name}")
            raise
        announcer.step_ended(None)
        return result

    async def _attempts(self, step: Step[T], announcer: Announcer) -> T:
        deadline = math.inf if step.deadline is None else anyio.current_time() + step.deadline
        delays = step.retry.delays()
        for number in count(1):
            attempt = self._attempt(step, announcer, deadline)
            announcer.attempt_started(number, step.command)
            try:
                result = await attempt.run()
            except BaseException as error:
                retry_in = _retry_in(step, error, delays, deadline)
                announcer.attempt_ended(number, error, attempt.output, retry_in)
                if retry_in is None:
                    raise
            else:
                announcer.attempt_ended(number, None, attempt.output, None)
                return result
            await anyio.sleep(retry_in)
        raise AssertionError  # count() does not end

    def _attempt(self, step: Step[T], announcer: Announcer, deadline: float) -> Attempt[T]:
        tell = announcer.output_lines if step.live else None
        return Attempt(step, hurry=self._execution.hurry, deadline=deadline, tell_lines=tell)

    async def _diagnose(self, step: Step[T], failed: Announcer, error: BaseException) -> None:
        """Run what explains *error*; nothing that happens here takes its place."""
        wanted = _when(failed.outcome_of(error))
        limit = Limit(LimitName.DIAGNOSTICS, step.diagnose_budget)
        ran: list[Announcer] = []
        with anyio.CancelScope(shield=wanted is When.CANCELLATION) as scope:
            scope.deadline = anyio.current_time() + limit.seconds
            for diagnostic in step.diagnose:
                if diagnostic.when & wanted:
                    ran.append(self._announcer(diagnostic.step, scope, limit, failed.id))
                    await self._diagnostic(diagnostic.step, ran[-1])
        if isinstance(error, StepError):
            recorder = self._execution.recorder
            error.diagnostics = tuple(recorder.step(announcer.id) for announcer in ran)

    async def _diagnostic(self, step: Step[Any], announcer: Announcer) -> None:
        announcer.step_started()
        attempt = self._attempt(step, announcer, math.inf)
        announcer.attempt_started(1, step.command)
        failure: BaseException | None = None
        try:
            await attempt.run()
        except Exception as error:  # noqa: BLE001 - it is in the record, and hides nothing
            failure = error
        except BaseException as error:
            failure = error
            raise
        finally:
            announcer.attempt_ended(1, failure, attempt.output, None)
            announcer.step_ended(failure)


def _when(outcome: Outcome) -> When:
    match outcome:
        case Outcome.TIMED_OUT:
            return When.TIMEOUT
        case Outcome.CANCELLED:
            return When.CANCELLATION
        case _:
            return When.FAILURE


def _retry_in(
    step: Step[Any], error: BaseException, delays: Iterator[float], deadline: float
) -> float | None:
    """Seconds until the next attempt; None if there is to be none."""
    if not isinstance(error, Exception) or isinstance(error, CommandNotFound):
        return None
    if not step.retry.wants(error):
        return None
    delay = delay_before_next(delays, error)
    if delay is not None and anyio.current_time() + delay >= deadline:
        error.add_note(f"not tried again: the deadline of {step.deadline:g} s would have passed")
        return None
    return delay
