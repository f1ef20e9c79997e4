"""Runs one step of one job: the only retry and timeout loop there is, and its diagnostics."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from itertools import count
from typing import Any, Generic, TypeVar

import anyio

from procman._announcer import Announcer
from procman._diagnosis import Diagnosis
from procman._execution import Execution
from procman._process.attempt import Attempt
from procman.errors import CommandNotFound, StepError
from procman.retry import delay_before_next
from procman.step import Step

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
        self._attempt_number = 0
        self._announcer = Announcer(execution, job, step.name, why)
        self._diagnosis = Diagnosis(execution, job, step, self._announcer.id, why)

    async def run(self) -> T:
        """The result of the step; see `Context.run`."""
        announcer = self._announcer
        announcer.step_started()
        try:
            result = await self._attempts()
        except BaseException as error:
            try:
                await self._diagnosis.ask_after(announcer.outcome_of(error))
            finally:
                self._attach_diagnostics(error)
                announcer.step_ended(error)
            tries = f", attempt {self._attempt_number}" if self._attempt_number > 1 else ""
            error.add_note(f"in step {self._step.name} of job {self._job}{tries}")
            raise
        announcer.step_ended(None)
        return result

    def _attach_diagnostics(self, error: BaseException) -> None:
        # What the step's own `explain` made of a failure has that one as its cause.
        for each in (error, error.__cause__):
            if isinstance(each, StepError):
                each.diagnostics = self._diagnosis.records

    async def _attempts(self) -> T:
        step, announcer = self._step, self._announcer
        deadline = math.inf if step.deadline is None else anyio.current_time() + step.deadline
        delays = step.retry.delays()
        for number in count(1):
            self._attempt_number = number
            environment = announcer.attempt_started(number, step.command)
            attempt = self._attempt(deadline, environment)
            try:
                result = await attempt.run()
            except BaseException as error:
                retry_in = _retry_in(step, error, delays, deadline)
                announcer.attempt_ended(number, step.command, error, attempt.output, retry_in)
                if retry_in is None:
                    raise
            else:
                announcer.attempt_ended(number, step.command, None, attempt.output, None)
                return result
            await anyio.sleep(retry_in)
        raise AssertionError  # count() does not end

    def _attempt(self, deadline: float, environment: Mapping[str, str]) -> Attempt[T]:
        step = self._step
        diagnosis = self._diagnosis
        return Attempt(
            step,
            environment=environment,
            hurry=self._execution.hurry,
            deadline=deadline,
            secrets=self._execution.secrets(self._job),
            tell_lines=self._announcer.output_lines if step.live else None,
            tell_item=self._announcer.output_item if step.json_lines else None,
            before_end=diagnosis.ask_running if diagnosis.has_running else None,
        )


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
