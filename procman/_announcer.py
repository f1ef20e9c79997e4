"""Tells the hooks about one step: each beginning once, each end once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import anyio

from procman._execution import Execution
from procman.command import Command
from procman.errors import ProcmanError
from procman.events import (
    AttemptEnded,
    AttemptStarted,
    OutputItem,
    OutputLines,
    StepEnded,
    StepStarted,
)
from procman.hooks import ChildStart
from procman.outcome import Outcome
from procman.output import Output
from procman.records import summarized


class Announcer:
    """One step of one job."""

    def __init__(
        self,
        execution: Execution,
        job: str,
        step: str,
        why_cancelled: Callable[[], str],
        diagnoses: int | None = None,
    ) -> None:
        self._execution = execution
        self._why_cancelled = why_cancelled
        self._diagnoses = diagnoses
        self._job = job
        self._step = step
        self.id = execution.next_id()

    def step_started(self) -> None:
        now = self._execution.now()
        self._execution.emit(StepStarted(now, self._job, self._step, self.id, self._diagnoses))

    def step_ended(self, error: BaseException | None) -> None:
        self._execution.emit(
            StepEnded(
                self._execution.now(),
                self._job,
                self._step,
                self.id,
                self.outcome_of(error),
                self._cause_of(error),
            )
        )

    def attempt_started(self, number: int, command: Command) -> Mapping[str, str]:
        """What hooks add to its environment."""
        now = self._execution.now()
        self._execution.emit(
            AttemptStarted(now, self._job, self._step, self.id, number, str(command))
        )
        if not self._execution.hooks:
            return {}
        return self._execution.environment(self._start(number))

    def attempt_ended(
        self,
        number: int,
        command: Command,
        error: BaseException | None,
        output: Output | None,
        retry_in: float | None,
    ) -> None:
        """
        Tell that an attempt ended, after the hooks saw all it printed.

        Args:
            number: Counted from 1.
            command: What was run.
            error: Why it did not succeed, a cancellation included; None if it did.
            output: None if the command was never started.
            retry_in: Seconds until the next attempt; None if there is none.
        """
        if output is not None and self._execution.hooks:
            self._execution.show_output(self._start(number), command, output)
        self._execution.emit(
            AttemptEnded(
                self._execution.now(),
                self._job,
                self._step,
                self.id,
                number,
                self.outcome_of(error),
                self._cause_of(error),
                None if output is None else summarized(output),
                retry_in,
            )
        )

    def output_lines(self, stream: str, lines: Sequence[str], *, is_cut: bool) -> None:
        now = self._execution.now()
        self._execution.emit(
            OutputLines(now, self._job, self._step, self.id, stream, lines, is_cut)
        )

    def output_item(self, number: int, value: Any) -> None:
        now = self._execution.now()
        self._execution.emit(OutputItem(now, self._job, self._step, self.id, number, value))

    def _start(self, number: int) -> ChildStart:
        return ChildStart(self._job, self._step, self.id, number)

    def outcome_of(self, error: BaseException | None) -> Outcome:
        """What *error* makes of a step."""
        if error is None:
            return Outcome.SUCCEEDED
        if isinstance(error, anyio.get_cancelled_exc_class()):
            return Outcome.CANCELLED
        return error.outcome if isinstance(error, ProcmanError) else Outcome.FAILED

    def _cause_of(self, error: BaseException | None) -> str:
        if error is None:
            return ""
        if isinstance(error, anyio.get_cancelled_exc_class()):
            return self._why_cancelled()
        if isinstance(error, ProcmanError):
            return error.cause
        return f"{type(error).__name__}: {error}"
