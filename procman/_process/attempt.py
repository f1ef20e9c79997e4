"""One attempt at a step: its command run under its limits, its output judged and read."""

from __future__ import annotations

import math
from typing import Generic, TypeVar

import anyio

from procman._process.child import Child, Reached
from procman._process.hurry import Hurry
from procman._process.lines import TellLines
from procman.errors import (
    CommandFailed,
    CommandUnkillable,
    StepTimedOut,
    UnparsedOutput,
    Unreadable,
)
from procman.outcome import Limit, LimitName
from procman.output import Output
from procman.step import Step

T = TypeVar("T")


class Attempt(Generic[T]):
    """
    Runs the command of *step* once.

    Attributes:
        output: What the command left, secrets included; None until it was started and ended.
    """

    def __init__(
        self,
        step: Step[T],
        *,
        hurry: Hurry,
        deadline: float,
        tell_lines: TellLines | None = None,
    ) -> None:
        self._step = step
        self._hurry = hurry
        self._deadline = deadline
        self._tell_lines = tell_lines
        self.output: Output | None = None

    async def run(self) -> T:
        """
        The parsed result.

        Raises:
            CommandNotStarted: the system refused.
            StepTimedOut: a limit was reached and the command was ended.
            CommandUnkillable: it could not be ended.
            CommandFailed: it ended in a way the step does not accept.
            UnparsedOutput: it ended well and could not be read.
            Exception: what the step's own `explain` or `parse` raised.
        """
        step = self._step
        limit, output = await self._run_child()
        if limit is not None:
            raise StepTimedOut(step.command, output, limit)
        if not step.accepts(output):
            raise self._failure(CommandFailed(step.command, output, step.accepted))
        try:
            return step.parse(output)
        except Unreadable as error:
            raise UnparsedOutput(step.command, output, str(error)) from None

    def _failure(self, error: CommandFailed) -> Exception:
        explained = None if self._step.explain is None else self._step.explain(error)
        if explained is None:
            return error
        explained.__cause__ = error
        return explained

    async def _run_child(self) -> tuple[Limit | None, Output]:
        """The limit that was reached, or None, and what is left; `output` is set in any case."""
        started = anyio.current_time()
        ends_at = min(started + self._step.timeout, self._deadline)
        quiet = math.inf if self._step.quiet is None else self._step.quiet
        child = Child(self._step.command, self._step.capture, self._hurry, self._tell_lines)
        try:
            reached = await child.wait(ends_at, quiet)
            if reached is Reached.END:
                await child.end_left_over()
            else:
                await _end(child)
        except BaseException:
            await _end(child)
            raise
        finally:
            child.close()
            self.output = output = child.output()
        if output.ending.unkillable:
            raise CommandUnkillable(self._step.command, output, child.pid)
        return self._limit(reached, started), output

    def _limit(self, reached: Reached, started: float) -> Limit | None:
        step = self._step
        if reached is Reached.END:
            return None
        if reached is Reached.SILENCE and step.quiet is not None:
            return Limit(LimitName.QUIET, step.quiet)
        if step.deadline is not None and self._deadline < started + step.timeout:
            return Limit(LimitName.DEADLINE, step.deadline)
        return Limit(LimitName.TIMEOUT, step.timeout)


async def _end(child: Child) -> None:
    with anyio.CancelScope(shield=True):
        await child.end()
