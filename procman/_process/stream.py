"""One of a child's output streams: read, kept, spilled, told line by line."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import BinaryIO, Protocol

from procman._process.keep import Kept
from procman._process.lines import LineSplitter, TellLines
from procman._process.tee import Tee
from procman.secret import RedactedStream, Redactor

READ_SIZE = 65536
READS_A_TURN = 8
"""Reads of one stream before the others, and the rest of the program, get their turn."""


class Stream:
    """A pipe from a child, until its end."""

    def __init__(
        self,
        name: str,
        fd: int,
        *,
        keep: int,
        merged: Kept | None,
        spill: BinaryIO | None,
        on_lines: TellLines | None,
        tee: bool,
        redactor: Redactor,
    ) -> None:
        self.name = name
        self.fd = fd
        self.kept = Kept(keep)
        self.is_at_end = False
        self._sinks: list[Callable[[bytes], None]] = [self.kept.feed]
        self._at_end: list[Callable[[], None]] = []
        if merged is not None:
            self._sinks.append(merged.feed)
        if spill is not None:
            self._redacted_sink(_Spill(spill), redactor)
        if tee:
            self._redacted_sink(Tee(name), redactor)
        if on_lines is not None:
            self._redacted_sink(LineSplitter(name, on_lines), redactor)

    def _redacted_sink(self, sink: Sink, redactor: Redactor) -> None:
        redaction = redactor.stream()
        self._sinks.append(lambda data: sink.feed(redaction.feed(data)))
        self._at_end.append(lambda: _close(redaction, sink))

    def read(self) -> bool:
        """Take what there is, up to a bound; whether anything came."""
        for turn in range(READS_A_TURN):
            try:
                data = os.read(self.fd, READ_SIZE)
            except BlockingIOError:
                return turn > 0
            if not data:
                self.is_at_end = True
                return turn > 0
            for sink in self._sinks:
                sink(data)
        return True

    def close(self) -> None:
        """Tell what was held back and close our end."""
        self.is_at_end = True
        os.close(self.fd)
        for end in self._at_end:
            end()


class Sink(Protocol):
    """Something that is given a stream, piece by piece."""

    def feed(self, data: bytes) -> None:
        """Take what came next."""
        ...

    def close(self) -> None:
        """Know that nothing comes any more."""
        ...


class _Spill:
    """A file that gets everything."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def feed(self, data: bytes) -> None:
        self._file.write(data)

    def close(self) -> None:
        self._file.close()


def _close(redaction: RedactedStream, sink: Sink) -> None:
    sink.feed(redaction.close())
    sink.close()
