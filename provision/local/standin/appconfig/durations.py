"""Durations as Go writes them: ``1m30s``."""

from __future__ import annotations

import re

_UNITS = {"ns": 1, "us": 1000, "µs": 1000, "ms": 10**6, "s": 10**9, "m": 60 * 10**9}
_UNITS["h"] = 60 * _UNITS["m"]
_PART = re.compile(r"([0-9]*\.?[0-9]*)(ns|us|µs|ms|s|m|h)")


def parse(text: str) -> int:
    """
    Return the nanoseconds that *text* means.

    Raises:
        ValueError: It is no duration; the words are Go's.
    """
    sign, rest = (-1, text[1:]) if text.startswith("-") else (1, text.removeprefix("+"))
    if rest == "0":
        return 0
    parts = _PART.findall(rest)
    if not parts or "".join(number + unit for number, unit in parts) != rest:
        plain = re.fullmatch(r"[0-9.]+", rest)
        problem = "missing unit in duration" if plain else "invalid duration"
        raise ValueError(f'time: {problem} "{text}"')
    if any(number in {"", "."} for number, _ in parts):
        raise ValueError(f'time: invalid duration "{text}"')
    return sign * sum(round(float(number) * _UNITS[unit]) for number, unit in parts)


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
