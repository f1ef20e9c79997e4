"""What a finished command left behind."""

from __future__ import annotations

import enum
from pathlib import Path
from signal import Signals

from attrs import evolve, field, frozen

from procman._plain import last_lines
from procman.outcome import Limit
from procman.secret import NOTHING_SECRET, Redactor


class Containment(enum.Enum):
    """What would end a child's descendants if we were killed by SIGKILL."""

    GUARDIAN = "guardian"
    """A guardian process ends them, those in sessions of their own included."""

    NONE = "none"
    """Nothing: they would live on."""


@frozen
class SentSignal:
    """
    A signal sent to a child and its descendants.

    Attributes:
        signal: Which one.
        seconds: When, in seconds after the child was started.
    """

    signal: Signals
    seconds: float


@frozen
class Ending:
    """
    How a child came to its end.

    Attributes:
        sent: The signals we sent, in order; none for a child that ended by itself.
        left_over: How many descendants outlived the child; they were ended after it, or spared.
        pipe_held: Whether one of them still held the child's stdout or stderr open.
        survivors: The pids of those that survived SIGKILL for as long as it was given.
        containment: What guarded the tree.
        limits: Of the drain and the graces those that were used up, in order.
    """

    sent: tuple[SentSignal, ...] = ()
    left_over: int = 0
    pipe_held: bool = False
    survivors: tuple[int, ...] = ()
    containment: Containment = Containment.NONE
    limits: tuple[Limit, ...] = ()

    @property
    def unkillable(self) -> bool:
        """Whether something of it is still there."""
        return bool(self.survivors)

    @property
    def escalated(self) -> bool:
        """Whether the first signal was not enough."""
        return len(self.sent) > 1


@frozen
class Tail:
    """
    The end of what a command printed, for a person.

    Attributes:
        stream: ``stdout`` or ``stderr``.
        lines: Its last lines that are not blank, without what would act on a terminal.
        before: How many such lines are before them; None if that is not known.
    """

    stream: str
    lines: tuple[str, ...]
    before: int | None


def cut_notice(count: int) -> bytes:
    """What stands where *count* bytes of a stream were not kept."""
    return b"\n[... %d bytes cut ...]\n" % count


@frozen
class Output:
    """
    What a command left, as far as it was kept.

    Attributes:
        exit_code: 0 to 255; None if a signal ended it, if it could not be ended, or if another
            part of this process collected it before us.
        signal: The signal that ended it; None if it exited.
        stdout: What it printed, raw: secrets are still in it. If it was more than was to be
            kept, the beginning, a line that says how much is missing, and the end.
        stderr: The same of its stderr.
        pid: The process id it had.
        seconds: From start to end, by the monotonic clock.
        stdout_cut: Bytes of stdout that were not kept.
        stderr_cut: Bytes of stderr that were not kept.
        merged: Both streams in order of arrival, if that was asked for; bounded like each.
        merged_cut: Bytes of it that were not kept.
        origins: Of each byte of it which stream it is from: 1 for stdout, 2 for stderr.
        spilled: The folder with all that was printed (files ``stdout`` and ``stderr``), if asked.
        ending: How it came to its end.
        redactor: Knows the secrets that may stand in the streams.
    """

    exit_code: int | None
    stdout: bytes = field(default=b"", repr=False)
    stderr: bytes = field(default=b"", repr=False)
    seconds: float = 0.0
    signal: Signals | None = None
    pid: int | None = None
    stdout_cut: int = 0
    stderr_cut: int = 0
    merged: bytes | None = field(default=None, repr=False)
    merged_cut: int = 0
    origins: bytes = field(default=b"", repr=False)
    spilled: Path | None = None
    ending: Ending = Ending()
    redactor: Redactor = field(default=NOTHING_SECRET, repr=False, eq=False)

    @property
    def how(self) -> str:
        """How it ended, for a person: ``exit code 3``, ``SIGKILL``."""
        if self.signal is not None:
            return self.signal.name
        if self.exit_code is not None:
            return f"exit code {self.exit_code}"
        return "still running" if self.ending.unkillable else "exit code unknown"

    def redacted(self) -> Output:
        """The same without its secrets, halves of secrets where it was cut, and its redactor."""
        if not self.redactor.spellings:
            return self
        return evolve(
            self,
            stdout=self._clean(self.stdout, self.stdout_cut),
            stderr=self._clean(self.stderr, self.stderr_cut),
            merged=None if self.merged is None else self._clean_mixed(self.merged),
            redactor=NOTHING_SECRET,
        )

    def _clean_mixed(self, data: bytes) -> bytes:
        notice = cut_notice(self.merged_cut)
        gap = data.index(notice) if self.merged_cut else len(data)
        clean, rest = self.redactor.clean_mixed, gap + len(notice)
        before = clean(data[:gap], self.origins[:gap], is_torn=self.merged_cut > 0)
        after = clean(data[rest:], self.origins[rest:], is_torn_before=True)
        return before + data[gap:rest] + after

    def _clean(self, data: bytes, cut: int) -> bytes:
        if not cut:
            return self.redactor.clean(data)
        before, notice, after = data.partition(cut_notice(cut))
        clean = self.redactor.clean
        return clean(before, is_torn=True) + notice + clean(after, is_torn_before=True)

    def last_lines(self, count: int) -> tuple[str, ...]:
        """As `tail`, the lines alone."""
        return self.tail(count).lines

    def tail(self, count: int) -> Tail:
        """The last lines for a person: of stderr, or of stdout where that is blank; redacted."""
        clean = self.redacted()
        name = "stderr" if clean.stderr.strip() else "stdout"
        data = clean.stderr if name == "stderr" else clean.stdout
        lines, before = last_lines(data.decode(errors="replace"), count)
        cut = self.stderr_cut if name == "stderr" else self.stdout_cut
        return Tail(name, lines, None if cut else before)
