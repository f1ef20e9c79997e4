"""Whole lines out of a stream that arrives in pieces."""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from typing import Protocol

from procman.secret import Bytes

LONGEST_LINE = 65536
"""Characters of a line that are told; a longer one is cut, and said to be."""


class TellLines(Protocol):
    """Is told whole lines of a stream; *is_cut*: it is a single one, and not all of it."""

    def __call__(self, stream: str, lines: Sequence[str], *, is_cut: bool) -> None: ...


class LineSplitter:
    r"""
    Tells whole lines as they are complete, decoded, without their ``\n`` or ``\r\n``.

    Only a newline ends a line. Bytes that are not UTF-8 become U+FFFD; a character that was
    split between two pieces is one character.
    """

    def __init__(self, name: str, tell: TellLines) -> None:
        self._name = name
        self._tell = tell
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._rest = ""
        self._is_cut = False

    def feed(self, data: Bytes) -> None:
        """Take what came next; tells the lines it completes."""
        # Of the lines in a piece that is no longer than the longest, only the first can be longer.
        for start in range(0, len(data), LONGEST_LINE):
            self._take(self._decoder.decode(data[start : start + LONGEST_LINE]))

    def close(self) -> None:
        """Tell a last line that had no newline."""
        self._take(self._decoder.decode(b"", final=True))
        if self._rest:
            self._tell(self._name, (self._rest.removesuffix("\r"),), is_cut=False)

    def _take(self, text: str) -> None:
        lines = text.split("\n")
        self._lengthen(lines[0])
        if len(lines) == 1:
            return
        lines[0] = self._rest
        begun = lines.pop()
        if self._is_cut:
            # Its beginning was told when it was cut.
            del lines[0]
        if "\r" in text or self._rest.endswith("\r"):
            lines = [line.removesuffix("\r") for line in lines]
        if lines:
            self._tell(self._name, tuple(lines), is_cut=False)
        self._rest, self._is_cut = "", False
        self._lengthen(begun)

    def _lengthen(self, text: str) -> None:
        """Add to the line whose end is not here yet."""
        if self._is_cut:
            return
        self._rest += text
        if len(self._rest) > LONGEST_LINE:
            self._tell(self._name, (self._rest[:LONGEST_LINE],), is_cut=True)
            self._rest, self._is_cut = "", True
