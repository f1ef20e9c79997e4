"""One supervised command: how patient to be with it, how to read it, what to ask when it fails."""

from __future__ import annotations

import enum
import sys
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, Generic

from attrs import field, frozen

from procman.command import Command
from procman.errors import CommandFailed
from procman.output import Output
from procman.parsers import whole
from procman.retry import NEVER, Retry
from procman.secret import Secret

if sys.version_info >= (3, 13):
    from typing import TypeVar
else:
    from typing_extensions import TypeVar

T_co = TypeVar("T_co", default=Output, covariant=True)


@frozen(kw_only=True)
class Capture:
    """
    What is kept of what a command prints.

    Attributes:
        keep: Bytes of each stream kept in memory: three quarters from the beginning, the
            rest from the end.
        spill: A folder that gets all of it, in the files ``stdout`` and ``stderr``; it is made
            if missing. None keeps nothing on disk.
        merged: Whether both streams are kept in order of arrival as well, as far as the
            order can be told.
        tee: Whether it is also shown at once, redacted, on our own stdout and stderr.
        drain: Seconds after the command's end that its streams may stay open, held by a
            descendant, before that one is ended.
    """

    keep: int = 4 * 1024 * 1024
    spill: Path | None = None
    merged: bool = False
    tee: bool = False
    drain: float = 1.0


class When(enum.Flag):
    """On which ends of a step a diagnostic runs."""

    FAILURE = enum.auto()
    TIMEOUT = enum.auto()
    CANCELLATION = enum.auto()
    ANY_FAILURE = FAILURE | TIMEOUT
    ALWAYS = FAILURE | TIMEOUT | CANCELLATION


@frozen
class Diagnostic:
    """
    A step that explains why another failed; its own failure never hides the first error.

    Attributes:
        step: What to run, its retry policy not used; or a function that is given the pid of
            the child, which is also that of its process group and session.
        when: On which ends.
        while_running: Whether it runs when a limit was reached and before the first signal,
            while the child can still be asked; instead of after the last attempt.
    """

    step: Step[Any] | Callable[[int], Step[Any]]
    when: When = field(default=When.ANY_FAILURE, kw_only=True)
    while_running: bool = field(default=False, kw_only=True)

    def __attrs_post_init__(self) -> None:
        if not isinstance(self.step, Step) and not self.while_running:
            raise ValueError("only a diagnostic that runs while_running can be given a pid")

    @property
    def name(self) -> str:
        """Of the step; of a function, its own."""
        if isinstance(self.step, Step):
            return self.step.name
        return getattr(self.step, "__name__", "diagnostic")

    def step_for(self, pid: int | None) -> Step[Any]:
        """The step to run."""
        if isinstance(self.step, Step):
            return self.step
        if pid is None:
            raise ValueError("there is no child to ask")
        return self.step(pid)


def _diagnostics(given: Sequence[Step[Any] | Diagnostic]) -> tuple[Diagnostic, ...]:
    return tuple(d if isinstance(d, Diagnostic) else Diagnostic(d) for d in given)


BeforeSpawn = Callable[[], Awaitable[Mapping[str, str | Secret | None]]]
"""Gives an attempt what its frozen command cannot hold, e.g. a short-lived token."""

Accepted = Collection[int] | Callable[[Output], bool]
"""Exit codes that count as success, or a predicate on the output."""


@frozen
class Step(Generic[T_co]):
    """
    A command that yields a *T_co*.

    Attributes:
        name: Dotted and stable, e.g. ``pg.dump``; events carry it.
        command: What to run.
        parse: Turns the output into the result; raises `Unreadable` for what it cannot read.
        ok: The exit codes that end well, or a predicate on the output; death by a signal
            never does by exit code.
        timeout: Seconds one attempt may take.
        quiet: Seconds an attempt may print nothing; None for as long as it likes.
        deadline: Seconds all attempts with their waits may take; None for no such limit.
        explain: Gives a failure a name of its own: an exception to raise in its place, or None
            for one it does not recognise.
        retry: Which errors are worth another attempt.
        diagnose: What to run when the step failed, after its last attempt: steps, or
            `Diagnostic` to say when.
        diagnose_budget: Seconds all diagnostics together may take, graces included.
        capture: What is kept of what it prints.
        live: Whether hooks are told line by line what it prints.
        json_lines: Whether each line of its stdout is a JSON value of which hooks are told as
            it comes; a line that is none ends the attempt.
        before_spawn: Is awaited before each attempt; the environment it returns is added for
            this attempt alone and is in no event.
        resource: A name that bounds how many such steps run at once, see `Workflow.resources`.
    """

    name: str
    command: Command
    parse: Callable[[Output], T_co] = field(default=whole)  # type: ignore[assignment]
    ok: Accepted = field(default=(0,), kw_only=True)
    timeout: float = field(default=60.0, kw_only=True)
    quiet: float | None = field(default=None, kw_only=True)
    deadline: float | None = field(default=None, kw_only=True)
    explain: Callable[[CommandFailed], Exception | None] | None = field(default=None, kw_only=True)
    retry: Retry = field(default=NEVER, kw_only=True)
    diagnose: tuple[Diagnostic, ...] = field(default=(), converter=_diagnostics, kw_only=True)
    diagnose_budget: float = field(default=30.0, kw_only=True)
    capture: Capture = field(default=Capture(), kw_only=True)
    live: bool = field(default=False, kw_only=True)
    json_lines: bool = field(default=False, kw_only=True)
    before_spawn: BeforeSpawn | None = field(default=None, kw_only=True)
    resource: str | None = field(default=None, kw_only=True)

    def accepts(self, output: Output) -> bool:
        """Whether the command ended well."""
        if callable(self.ok):
            return self.ok(output)
        return output.exit_code in self.ok

    @property
    def accepted(self) -> str:
        """What ends well, in words."""
        if callable(self.ok):
            return getattr(self.ok, "__name__", "a predicate")
        return "exit code " + " or ".join(str(code) for code in sorted(self.ok))
