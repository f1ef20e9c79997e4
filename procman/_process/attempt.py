"""One attempt at a step: its command run under its limits, its output judged and read."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any, Generic, TypeVar

import anyio

from procman._process.child import Child, Reached
from procman._process.hurry import Hurry
from procman._process.intake import Intake
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
from procman.secret import KnownSecrets
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
        secrets: KnownSecrets | None = None,
        environment: Mapping[str, str] | None = None,
        tell_lines: TellLines | None = None,
        tell_item: Callable[[int, Any], None] | None = None,
        before_end: Callable[[int], Awaitable[None]] | None = None,
    ) -> None:
        self._step = step
        self._environment = environment
        self._hurry = hurry
        self._deadline = deadline
        self._secrets = secrets or KnownSecrets()
        self._tell_lines = tell_lines
        self._tell_item = tell_item
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
            reason = self._reason(output, error)
        # Not above, where what was seen would be the context of the error that hides it.
        raise UnparsedOutput(step.command, output, reason)

    def _reason(self, output: Output, error: Unreadable) -> str:
        """What the parser says of what may be seen: what it quotes could be half a secret."""
        redacted = output.redacted()
        if redacted == output:
            return str(error)
        with suppress(Exception):
            try:
                self._step.parse(redacted)
            except Unreadable as again:
                return str(again)
        return "not shown, because it is a secret"

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
        command = await self._command()
        redactor = self._secrets.learn(command.redactor)
        json_lines = None if self._tell_item is None else JsonLines(self._tell_item, redactor)
        intake = Intake(
            self._step.capture, redactor, on_lines=self._tell_lines, on_raw_lines=json_lines
        )
        child = await Child.start(command, intake, self._hurry)
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
