"""Everything procman raises."""

from __future__ import annotations

from collections.abc import Sequence
from signal import SIGKILL
from typing import ClassVar

from procman._plain import printable
from procman.command import Command
from procman.outcome import Limit, Outcome
from procman.output import Output
from procman.records import StepRecord

LAST_LINES = 10
"""Lines of a failed command that its error shows."""

DIAGNOSTIC_LINES = 5
"""Lines of each diagnostic that it shows besides."""

SHOWN = 80
"""Characters of unexpected output that an error shows."""

LINE = 200
"""Characters of a line that an error shows, be it a command or one it printed."""


def shown(seen: str, most: int = SHOWN) -> str:
    """*seen*, on one line and shortened for an error."""
    return printable(seen if len(seen) <= most else f"{seen[:most]}…")


class ProcmanError(Exception):
    """
    Everything procman raises.

    Attributes:
        outcome: What became of the thing that raised it.
    """

    outcome: ClassVar[Outcome] = Outcome.FAILED

    @property
    def cause(self) -> str:
        """Why, in a few words for a person."""
        return str(self)


class StepError(ProcmanError):
    """
    A command could not be run to a good end.

    Attributes:
        command: What was run.
        output: What it left; None if it was never started.
        diagnostics: What the diagnostic steps of the failed step found out.
    """

    def __init__(self, command: Command, output: Output | None) -> None:
        self.command = command
        self.output = None if output is None else output.redacted()
        self.diagnostics: tuple[StepRecord, ...] = ()
        super().__init__(command, self.output)

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> Sequence[str]:
        """One screen: what ran, how it ended, where, its last lines, where the rest is."""
        lines = [f"{shown(str(self.command), LINE)}: {self.cause}"]
        if self.command.place:
            lines.append(f"  in {self.command.place}")
        if self.output is not None:
            lines += _ending(self.output)
            lines += _printed(self.output)
        for record in self.diagnostics:
            lines.append(f"  diagnostic {record.name}: {record.cause or 'done'}")
            lines += _quoted(record.last_lines(DIAGNOSTIC_LINES))
        return lines


def _ending(output: Output) -> list[str]:
    """What is worth knowing of how it ended, besides its exit code or signal."""
    ending = output.ending
    lines = [f"  {limit} reached" for limit in ending.limits]
    if ending.left_over:
        count = f"{ending.left_over} processes" if ending.left_over > 1 else "1 process"
        lines.append(f"  left {count} behind")
    if ending.pipe_held:
        lines.append("  its output was still held open")
    if output.signal is SIGKILL and not ending.sent:
        lines.append("  not killed by us: the system sends SIGKILL when memory runs out")
    return lines


def _printed(output: Output) -> list[str]:
    tail = output.tail(LAST_LINES)
    if not tail.lines:
        return ["  it printed nothing"]
    which = f", the last {len(tail.lines)} lines" if tail.before != 0 else ""
    of = f" of {tail.before + len(tail.lines)}" if tail.before else ""
    lines = [f"  {tail.stream}{which}{of}:", *_quoted(tail.lines)]
    if output.spilled is not None:
        lines.append(f"  all of it in {output.spilled}")
    elif tail.before is None:
        lines.append("  not all of it was kept; `Capture.spill` puts it into files")
    return lines


def _quoted(lines: Sequence[str]) -> list[str]:
    return [f"  | {shown(line, LINE)}" for line in lines]


class CommandNotStarted(StepError):
    """Raised when the system refuses to start the command; `reason` says why."""

    def __init__(self, command: Command, reason: str) -> None:
        self.reason = command.redactor.clean_text(reason)
        super().__init__(command, None)

    @property
    def cause(self) -> str:  # noqa: D102
        return self.reason


class CommandNotFound(CommandNotStarted):
    """Raised when the program is missing, a directory, or not executable; never retried."""


class CommandFailed(StepError):
    """
    Raised when the command ended in a way its step does not accept.

    Attributes:
        accepted: What the step would have accepted, in words.
    """

    output: Output

    def __init__(self, command: Command, output: Output, accepted: str) -> None:
        self.accepted = accepted
        super().__init__(command, output)

    @property
    def cause(self) -> str:  # noqa: D102
        return f"{self.output.how} after {self.output.seconds:.2f} s (accepted: {self.accepted})"


class StepTimedOut(StepError, TimeoutError):
    """
    Raised when a limit of the step was reached and its command was ended.

    Attributes:
        limit: Which limit, and its value.
    """

    outcome = Outcome.TIMED_OUT
    output: Output

    def __init__(self, command: Command, output: Output, limit: Limit) -> None:
        self.limit = limit
        super().__init__(command, output)

    @property
    def cause(self) -> str:  # noqa: D102
        sent = " and ".join(each.signal.name for each in self.output.ending.sent)
        by = f" by {sent}" if sent else ""
        return f"{self.limit} reached, ended{by} after {self.output.seconds:.2f} s"


class UnparsedOutput(StepError):
    """
    Raised when the command ended well and its output could not be read.

    Attributes:
        reason: What the parser expected and what it saw.
    """

    output: Output

    def __init__(self, command: Command, output: Output, reason: str) -> None:
        self.reason = output.redactor.clean_text(reason)
        super().__init__(command, output)

    @property
    def cause(self) -> str:  # noqa: D102
        return f"unexpected output: {self.reason}"


class CommandUnkillable(StepError):
    """
    Raised when something of the command survived SIGKILL for as long as it was given.

    Attributes:
        pids: Of what is still there; the child's own first, if it is.
    """

    output: Output

    def __init__(self, command: Command, output: Output) -> None:
        self.pids = output.ending.survivors
        super().__init__(command, output)

    @property
    def cause(self) -> str:  # noqa: D102
        pids = ", ".join(map(str, self.pids))
        return f"unkillable: still there after SIGKILL: process {pids}"


class ServiceFailed(StepError):
    """
    Raised when a service is not ready in time, ends before it was ready, or ends for good.

    Attributes:
        service: Its name.
        reason: What happened, and how often.
    """

    def __init__(self, service: str, command: Command, output: Output | None, reason: str) -> None:
        self.service = service
        self.reason = command.redactor.clean_text(reason)
        super().__init__(command, output)

    @property
    def cause(self) -> str:  # noqa: D102
        return f"service {self.service}: {self.reason}"


class Unreadable(ProcmanError):
    """Raised by a parser that cannot read an output; its step raises `UnparsedOutput` for it."""
