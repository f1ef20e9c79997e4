"""Lengths of time as Fly writes them: ``15s``, ``1m30s``, ``1.5h``."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Self

from attrs import frozen

_UNITS = {
    "ns": 1,
    "us": 1_000,
    "µs": 1_000,
    "μs": 1_000,
    "ms": 1_000_000,
    "s": 1_000_000_000,
    "m": 60_000_000_000,
    "h": 3_600_000_000_000,
}
_TERM = re.compile(r"([0-9]+\.?[0-9]*|\.[0-9]+)([^0-9.]+)")
_LONGEST = 2**63 - 1


@frozen(order=True)
class Duration:
    """
    A length of time, exact to the nanosecond.

    Attributes:
        nanoseconds: May be negative, as in Go.
    """

    nanoseconds: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """
        Read *text* as Go reads a duration; every number but a lone ``0`` needs its unit.

        Raises:
            ValueError: it is not a duration; the message says what one looks like.

        Source: flyctl uses fly-go duration.go
        """
        sign, body = (-1, text[1:]) if text.startswith("-") else (1, text.removeprefix("+"))
        if body == "0":
            return cls(0)
        terms = _TERM.findall(body)
        if not terms or "".join(number + unit for number, unit in terms) != body:
            raise ValueError(f"{text!r} is not a duration; write a number and a unit, as in '15s'")
        if unknown := [unit for _, unit in terms if unit not in _UNITS]:
            raise ValueError(f"unknown unit {unknown[0]!r} in {text!r}; use h, m, s, ms, us or ns")
        total = sum(int(Decimal(number) * _UNITS[unit]) for number, unit in terms)
        if total > _LONGEST:
            raise ValueError(f"{text!r} is longer than Fly can count")
        return cls(sign * total)

    @property
    def seconds(self) -> float:
        """The same length in seconds."""
        return self.nanoseconds / _UNITS["s"]

    def __str__(self) -> str:
        """As Go prints it, which is how machine configs carry it: ``1m30s``."""
        sign, length = ("-" if self.nanoseconds < 0 else ""), abs(self.nanoseconds)
        if 0 < length < _UNITS["s"]:
            unit = next(unit for unit in ("ms", "µs", "ns") if length >= _UNITS[unit])
            return f"{sign}{_decimal(length, _UNITS[unit])}{unit}"
        minutes, rest = divmod(length, _UNITS["m"])
        hours, minutes = divmod(minutes, 60)
        leading = f"{hours}h{minutes}m" if hours else f"{minutes}m" if minutes else ""
        return f"{sign}{leading}{_decimal(rest, _UNITS['s'])}s"


def _decimal(length: int, unit: int) -> str:
    text = format(Decimal(length) / unit, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
