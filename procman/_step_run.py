"""Runs one step of one job: the only retry and timeout loop there is, and its diagnostics."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any, Generic, TypeVar

import anyio

from procman._announcer import Announcer
from procman._execution import Execution
from procman._process.attempt import Attempt
from procman.errors import CommandNotFound, StepError
from procman.outcome import Limit, LimitName, Outcome
from procman.retry import delay_before_next
from procman.step import Step, When

T = TypeVar("T")


class StepRun(Generic[T]):
    """
    One run of *step* in the job of that name.

    *why* says why what is cancelled is cancelled, in words.
    """

    def __init__(
        self, execution: Execution, job: str, step: Step[T], why: Callable[[], str]
    ) -> None:
        self._execution = execution
        self._job = job
        self._step = step
        self._why = why
        self._announcer = Announcer(execution, job, step.name, why)
        self._budget = step.diagnose_budget
        self._diagnosed: list[int] = []

    async def run(self) -> T:
        """The result of the step; see `Context.run`."""
        announcer = self._announcer
        announcer.step_started()
        try:
            result = await self._attempts()
        except BaseException as error:
            await self._diagnose(_when(announcer.outcome_of(error)), pid=None)
            if isinstance(error, StepError):
                recorder = self._execution.recorder
                error.diagnostics = tuple(recorder.step(id_) for id_ in self._diagnosed)
            announcer.step_ended(error)
            error.add_note(f"in step {self._step.name} of job {self._job}")
            raise
        announcer.step_ended(None)
        return result

    async def _attempts(self) -> T:
        step, announcer = self._step, self._announcer
        deadline = math.inf if step.deadline is None else anyio.current_time() + step.deadline
        delays = step.retry.delays()
        for number in count(1):
            attempt = self._attempt(deadline)
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

    def _attempt(self, deadline: float) -> Attempt[T]:
        step = self._step
        asks = any(diagnostic.while_running for diagnostic in step.diagnose)
        return Attempt(
            step,
            hurry=self._execution.hurry,
            deadline=deadline,
            tell_lines=self._announcer.output_lines if step.live else None,
            tell_item=self._announcer.output_item if step.json_lines else None,
            before_end=self._diagnose_running if asks else None,
        )

    async def _diagnose_running(self, pid: int) -> None:
        await self._diagnose(When.TIMEOUT, pid=pid)

    async def _diagnose(self, wanted: When, *, pid: int | None) -> None:
        """
        Run the diagnostics for *wanted*: those of a running child if *pid* is given.

        Nothing that happens here takes the place of what they are to explain.
        """
        limit = Limit(LimitName.DIAGNOSTICS, self._step.diagnose_budget)
        began = anyio.current_time()
        with anyio.CancelScope(shield=wanted is When.CANCELLATION) as scope:
            scope.deadline = began + self._budget
            for diagnostic in self._step.diagnose:
                if diagnostic.when & wanted and diagnostic.while_running == (pid is not None):
                    await self._diagnostic(diagnostic.step_for(pid), scope, limit)
        self._budget -= anyio.current_time() - began

    async def _diagnostic(self, step: Step[Any], scope: anyio.CancelScope, limit: Limit) -> None:
        def why() -> str:
            return f"{limit} reached" if scope.cancel_called else self._why()

        announcer = Announcer(self._execution, self._job, step.name, why, self._announcer.id)
        self._diagnosed.append(announcer.id)
        announcer.step_started()
        attempt = Attempt(
            step,
            hurry=self._execution.hurry,
            deadline=math.inf,
            tell_lines=announcer.output_lines if step.live else None,
        )
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
