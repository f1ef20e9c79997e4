"""Whole lines out of a stream that arrives in pieces."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

LONGEST_LINE = 65536
"""Bytes of a line that are told; a longer one is cut, and said to be."""


class TellLines(Protocol):
    """Is told whole lines of a stream; *is_cut*: the last of them is not all there."""

    def __call__(self, stream: str, lines: Sequence[str], *, is_cut: bool) -> None: ...


class LineSplitter:
    r"""
    Tells whole lines as they are complete, decoded, without their ``\n`` or ``\r\n``.

    Only a newline ends a line. Bytes that are not UTF-8 become U+FFFD. A line is decoded as a
    whole, so that a character split between two pieces is one character.
    """

    def __init__(self, name: str, tell: TellLines) -> None:
        self._name = name
        self._tell = tell
        self._rest = b""
        self._is_cut = False

    def feed(self, data: bytes) -> None:
        """Take what came next; tells the lines it completes."""
        end = data.rfind(b"\n")
        if end >= 0:
            self._complete(self._rest + data[:end])
            self._rest = b""
            self._is_cut = False
        self._begin(data[end + 1 :])

    def close(self) -> None:
        """Tell a last line that had no newline."""
        if self._rest and not self._is_cut:
            self._tell(self._name, [_text(self._rest)], is_cut=False)
        self._rest = b""

    def _complete(self, whole: bytes) -> None:
        if self._is_cut:
            # The beginning of its first line was told when it was cut.
            _, newline, whole = whole.partition(b"\n")
            if not newline:
                return
        if len(whole) <= LONGEST_LINE:
            text = _text(whole).replace("\r\n", "\n")
            self._tell(self._name, text.split("\n"), is_cut=False)
            return
        for line in whole.split(b"\n"):
            is_cut = len(line) > LONGEST_LINE
            self._tell(self._name, [_text(line[:LONGEST_LINE])], is_cut=is_cut)

    def _begin(self, data: bytes) -> None:
        """The beginning of a line whose end is not here yet."""
        if self._is_cut:
            return
        self._rest += data
        if len(self._rest) > LONGEST_LINE:
            self._tell(self._name, [_text(self._rest[:LONGEST_LINE])], is_cut=True)
            self._rest = b""
            self._is_cut = True


def _text(line: bytes) -> str:
    return line.decode(errors="replace").removesuffix("\r")
