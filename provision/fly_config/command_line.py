"""Splits a command line of a fly.toml into words, as flyctl does before a machine gets it."""

from __future__ import annotations

import re

# A word is one or more of: plain characters, "quoted with \escapes", 'quoted as it is', \escaped.
_WORD = re.compile(r"""(?:[^ \t\r\n"'\\]|"(?:[^"\\]|\\.)*"|'[^']*'|\\.)+""", re.DOTALL)
_PIECE = re.compile(r""""((?:[^"\\]|\\.)*)"|'([^']*)'|\\(.)""", re.DOTALL)
_SHOWN = 40
_BETWEEN = re.compile(r"(?:[ \t\r\n]+|#[^\n]*\n?)*")


def split(text: str) -> tuple[str, ...]:
    """
    The words of *text*; ``#`` at the start of a word opens a comment up to the end of its line.

    Raises:
        ValueError: a quotation or an escape is left open.

    Source: flyctl internal/appconfig/processgroups.go
    """
    words: list[str] = []
    end = _skip(text, 0)
    while end < len(text):
        match = _WORD.match(text, end)
        end = match.end() if match else end
        if match is None or not _stands_alone(text, end):
            raise ValueError(f"a quote or a backslash is left open: {text[end : end + _SHOWN]}")
        words.append(_PIECE.sub(_unquoted, match[0]))
        end = _skip(text, end)
    return tuple(words)


def _skip(text: str, start: int) -> int:
    between = _BETWEEN.match(text, start)
    return between.end() if between else start


def _stands_alone(text: str, end: int) -> bool:
    return end == len(text) or text[end] in " \t\r\n"


def _unquoted(piece: re.Match[str]) -> str:
    escaping, literal, escaped = piece.groups()
    if escaping is not None:
        return re.sub(r"\\(.)", r"\1", escaping, flags=re.DOTALL)
    return literal if literal is not None else escaped
