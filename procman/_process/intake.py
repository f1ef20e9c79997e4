"""Where all goes that a child prints: kept, mixed, spilled, shown, told line by line."""

from __future__ import annotations

from pathlib import Path
from signal import Signals

from attrs import evolve

from procman._process.lines import LineSplitter, TellLines
from procman._process.merged import Merged
from procman._process.spill import Spill
from procman._process.stream import Stream
from procman._process.tee import Tee
from procman.output import Ending, Output
from procman.secret import NOTHING_SECRET, STREAMS, Redactor
from procman.step import Capture

NAMES = ("stdout", "stderr")


class Intake:
    """
    What becomes of both streams of one child.

    Attributes:
        capture: What is wanted.
        redactor: Knows what must not be seen.
        on_lines: Told its lines, redacted.
        on_raw_lines: Told its lines as they are.

    Raises:
        OSError: a file to spill to cannot be made.
    """

    def __init__(
        self,
        capture: Capture,
        redactor: Redactor,
        *,
        on_lines: TellLines | None = None,
        on_raw_lines: TellLines | None = None,
    ) -> None:
        self.capture = capture
        self._redactor = redactor
        self._on_lines = on_lines
        self._on_raw_lines = on_raw_lines
        self._merged = Merged(capture.keep) if capture.merged else None
        self._streams: list[Stream] = []
        self._spills: list[Spill] = []
        if capture.spill is not None:
            self._spill_to(capture.spill)

    def attach(self, stdout: int, stderr: int) -> list[Stream]:
        """Both streams, to be read from our ends of the child's pipes."""
        self._streams = [Stream(fd, self.capture.keep) for fd in (stdout, stderr)]
        for number, stream in enumerate(self._streams):
            self._pass_on(stream, number)
        return self._streams

    def abandon(self) -> None:
        """Let go of the files: there is no child."""
        for spill in self._spills:
            spill.close()

    def output(
        self,
        exit_code: int | None,
        signum: Signals | None,
        pid: int,
        seconds: float,
        ending: Ending,
    ) -> Output:
        """What was kept, of a child that came to such an end."""
        (stdout, stdout_cut), (stderr, stderr_cut) = (s.kept.content() for s in self._streams)
        output = Output(
            exit_code,
            stdout,
            stderr,
            seconds,
            signum,
            pid=pid,
            stdout_cut=stdout_cut,
            stderr_cut=stderr_cut,
            spilled=self.capture.spill,
            ending=ending,
            redactor=self._redactor,
        )
        if self._merged is None:
            return output
        merged, cut = self._merged.content.content()
        origins, _ = self._merged.origins.content()
        return evolve(output, merged=merged, merged_cut=cut, origins=origins)

    def _spill_to(self, folder: Path) -> None:
        try:
            for name in NAMES:
                self._spills.append(Spill(folder, name))
        except OSError:
            self.abandon()
            raise

    def _pass_on(self, stream: Stream, number: int) -> None:
        name = NAMES[number]
        if self._merged is not None:
            stream.pass_on(self._merged.stream(STREAMS[number]), NOTHING_SECRET)
        if self._spills:
            stream.pass_on(self._spills[number], self._redactor)
        if self.capture.tee:
            stream.pass_on(Tee(name), self._redactor)
        if self._on_lines is not None:
            stream.pass_on(LineSplitter(name, self._on_lines), self._redactor)
        if self._on_raw_lines is not None:
            stream.pass_on(LineSplitter(name, self._on_raw_lines), NOTHING_SECRET)
