"""One attempt at a step: its command run under its limits, its output judged and read."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Generic, TypeVar

import anyio

from procman._process.child import Child, Reached
from procman._process.hurry import Hurry
from procman._process.json_lines import BrokenLine, JsonLines
from procman._process.lines import TellLines
from procman.command import Command
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
    Runs the command of *step* once, with what *environment* adds to it.

    Attributes:
        output: What the command left, secrets included; None until it was started and ended.
    """

    def __init__(
        self,
        step: Step[T],
        *,
        hurry: Hurry,
        deadline: float,
        environment: Mapping[str, str] | None = None,
        tell_lines: TellLines | None = None,
        tell_item: Callable[[int, Any], None] | None = None,
        before_end: Callable[[int], Awaitable[None]] | None = None,
    ) -> None:
        self._step = step
        self._environment = environment
        self._hurry = hurry
        self._deadline = deadline
        self._tell = [tell for tell in (tell_lines,) if tell is not None]
        if tell_item is not None:
            self._tell.append(JsonLines(tell_item))
        self._before_end = before_end
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
        try:
            limit, output = await self._run_child()
        except BrokenLine as error:
            raise UnparsedOutput(step.command, self.output or Output(None), str(error)) from None
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
        child = Child(await self._command(), self._step.capture, self._hurry, self._tell_all())
        try:
            reached = await child.wait(ends_at, quiet)
            if reached is Reached.END:
                await child.end_left_over()
            else:
                await self._ask_before_end(child)
                await _end(child)
        except BaseException:
            await _end(child)
            raise
        finally:
            child.close()
            self.output = output = child.output()
        if output.ending.unkillable:
            raise CommandUnkillable(self._step.command, output)
        return self._limit(reached, started), output

    async def _command(self) -> Command:
        command = self._step.command
        if self._environment:
            command = command.with_env({**self._environment, **command.env})
        if self._step.before_spawn is None:
            return command
        return command.with_env(await self._step.before_spawn())

    def _tell_all(self) -> TellLines | None:
        if len(self._tell) < 2:  # noqa: PLR2004
            return self._tell[0] if self._tell else None

        def tell(stream: str, lines: Sequence[str], *, is_cut: bool) -> None:
            for each in self._tell:
                each(stream, lines, is_cut=is_cut)

        return tell

    async def _ask_before_end(self, child: Child) -> None:
        """Let those ask the child who can only do so while it lives; it is read meanwhile."""
        if self._before_end is None:
            return
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(child.take_in, math.inf)
            await self._before_end(child.pid)
            tasks.cancel_scope.cancel()

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
