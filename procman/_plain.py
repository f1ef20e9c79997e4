"""What programs print, made fit for a person's terminal: no colours, no cursor, no surprises."""

from __future__ import annotations

import re

ESCAPES = (
    r"\x1b(?:"
    r"\[[0-?]*[ -/]*[@-~]"
    r"|[]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)"
    r"|[ -/]*[0-OQ-WYZ\\`-~]"
    r")"
)
"""Control sequences, the strings of OSC, DCS, SOS, PM and APC, and the short ones (ECMA-48, 5)."""

_ESCAPE = re.compile(ESCAPES)


def plain(line: str) -> str:
    """*line* as a terminal would leave it; what acts on a terminal is spelled, not done."""
    left = _ESCAPE.sub("", line).rstrip("\r").rpartition("\r")[2].expandtabs()
    return printable(left)


def printable(text: str) -> str:
    """*text* on one line, what does not print as Python spells it."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def last_lines(text: str, count: int) -> tuple[tuple[str, ...], int]:
    """The last lines of *text* that are not blank, and how many such lines are before them."""
    lines = [line for line in text.split("\n") if line.strip()]
    before = max(0, len(lines) - count)
    return tuple(map(plain, lines[before:])), before
