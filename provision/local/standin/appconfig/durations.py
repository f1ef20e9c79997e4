"""Durations as Go writes them: ``1m30s``."""

from __future__ import annotations

import re

_UNITS = {"ns": 1, "us": 1000, "µs": 1000, "ms": 10**6, "s": 10**9, "m": 60 * 10**9}
_UNITS["h"] = 60 * _UNITS["m"]
_PART = r"([0-9]*(?:\.[0-9]*)?)([^0-9.]*)"


def parse(text: str) -> int:
    """
    Return the nanoseconds that *text* means.

    Raises:
        ValueError: It is no duration; the words are Go's.
    """
    sign, rest = (-1, text[1:]) if text.startswith("-") else (1, text.removeprefix("+"))
    if rest == "0":
        return 0
    total, rest = _part(rest, text)
    while rest:
        length, rest = _part(rest, text)
        total += length
    return sign * total


def _part(rest: str, text: str) -> tuple[int, str]:
    found = re.match(_PART, rest)
    if found is None or found[1] in {"", "."}:
        raise ValueError(f'time: invalid duration "{text}"')
    number, unit = found.groups()
    if not unit:
        raise ValueError(f'time: missing unit in duration "{text}"')
    if unit not in _UNITS:
        raise ValueError(f'time: unknown unit "{unit}" in duration "{text}"')
    return round(float(number) * _UNITS[unit]), rest[found.end() :]


def show(nanoseconds: int) -> str:
    """Return *nanoseconds* as Go does."""
    if nanoseconds == 0:
        return "0s"
    sign, rest = ("-", -nanoseconds) if nanoseconds < 0 else ("", nanoseconds)
    for unit in ("ns", "µs", "ms"):
        if rest < _UNITS[unit] * 1000:
            return f"{sign}{_number(rest, _UNITS[unit])}{unit}"
    minutes, seconds = divmod(rest, _UNITS["m"])
    hours, minutes = divmod(minutes, 60)
    text = f"{_number(seconds, _UNITS['s'])}s"
    if hours:
        return f"{sign}{hours}h{minutes}m{text}"
    return f"{sign}{minutes}m{text}" if minutes else f"{sign}{text}"


def seconds(text: str) -> float:
    """Return the seconds that a duration means, which is one."""
    return parse(text) / _UNITS["s"]


def _number(nanoseconds: int, unit: int) -> str:
    whole, part = divmod(nanoseconds, unit)
    digits = len(str(unit)) - 1
    return f"{whole}.{part:0{digits}d}".rstrip("0").rstrip(".") if part else str(whole)
