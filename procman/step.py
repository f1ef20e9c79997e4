"""One supervised command: how patient to be with it, how to read it, what to ask when it fails."""

from __future__ import annotations

import enum
import sys
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any, Generic, cast

from attrs import field, frozen

from procman.command import Command
from procman.errors import CommandFailed
from procman.output import Output
from procman.parsers import whole
from procman.retry import NEVER, Retry

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
        drain: Seconds after the command's end that its streams may stay open, held by a
            descendant, before that one is ended.
    """

    keep: int = 4 * 1024 * 1024
    spill: Path | None = None
    merged: bool = False
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
        step: What to run; its retry policy is not used.
        when: On which ends.
    """

    step: Step[Any]
    when: When = field(default=When.ANY_FAILURE, kw_only=True)


def _diagnostics(given: Sequence[Step[Any] | Diagnostic]) -> tuple[Diagnostic, ...]:
    return tuple(d if isinstance(d, Diagnostic) else Diagnostic(d) for d in given)


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
        diagnose_budget: Seconds all diagnostics together may take.
        capture: What is kept of what it prints.
        live: Whether hooks are told line by line what it prints.
        resource: A name that bounds how many such steps run at once, see `Workflow.resources`.
    """

    name: str
    command: Command
    parse: Callable[[Output], T_co] = field(default=cast("Any", whole))
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
