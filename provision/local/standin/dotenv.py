"""The text of `secrets import` as flyctl reads it, with all that it loses on the way."""

from __future__ import annotations

from provision.local.standin.failure import Failure
from provision.local.standin.quirks import Panic

LONGEST_LINE = 64 * 1024
TRIPLE = '"""'
SHORTEST_TRIPLE = 6


def parse(text: str) -> dict[str, str]:
    """
    Return the secrets in *text*.

    A line that is too long ends the reading, and nobody is told.

    Raises:
        Failure: A line has no ``=``; it is shown whole.
        Panic: A value is a single quote.

    Source: flyctl internal/command/secrets/parser.go
    """
    found: dict[str, str] = {}
    open_name, open_value = "", ""
    for line in _lines(text):
        if open_name:
            open_value += line
            if line.endswith(TRIPLE):
                found[open_name] = open_value.removesuffix(TRIPLE)
                open_name = ""
            open_value += "\n"
        elif not line.startswith("#") and line.strip():
            name, value = _pair(line)
            if _opens(value):
                open_name, open_value = name, value.removeprefix(TRIPLE) + "\n"
            else:
                found[name] = _unquoted(value)
    return found


def _lines(text: str) -> list[str]:
    lines = text.split("\n")
    if lines and not lines[-1]:
        lines.pop()
    kept = []
    for line in lines:
        if len(line.encode()) >= LONGEST_LINE:
            break
        kept.append(line.removesuffix("\r"))
    return kept


def _pair(line: str) -> tuple[str, str]:
    name, equals, value = line.partition("=")
    if not equals:
        raise Failure(f"Secrets must be provided as NAME=VALUE pairs ({line} is invalid)")
    value = value.lstrip(" ")
    before, comment, _ = value.partition("#")
    if comment and before.count('"') % 2 == 0:
        value = before.rstrip(" ")
    return name.strip(), value


def _opens(value: str) -> bool:
    closes = value.endswith(TRIPLE) and len(value) >= SHORTEST_TRIPLE
    return value.startswith(TRIPLE) and not closes


def _unquoted(value: str) -> str:
    if value.startswith(TRIPLE):
        return value[3:-3]
    for quote in ('"', "'"):
        if value.startswith(quote) and value.endswith(quote):
            if len(value) == 1:
                raise Panic
            return value[1:-1]
    return value
