"""Turns a TOML value into text as Go does, because flyctl makes text of values that should be."""

from __future__ import annotations

import math
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

_PLAIN_EXPONENTS = range(-4, 6)
"""Of numbers that Go's ``%v`` writes without an exponent."""


def go_text(value: Any) -> str:
    """
    *value* as Go's ``%v`` writes it: ``true``, ``1e+06``, ``[1 two]``, ``map[a:1]``.

    Source: flyctl internal/appconfig/patches.go
    """
    match value:
        case bool():
            text = "true" if value else "false"
        case float():
            text = _float(value)
        case list():
            text = f"[{' '.join(go_text(item) for item in value)}]"
        case dict():
            text = f"map[{' '.join(f'{key}:{go_text(value[key])}' for key in sorted(value))}]"
        case datetime() if value.tzinfo is not None:
            text = f"{value:%Y-%m-%d} {_clock(value)} {value:%z} {_zone(value)}"
        case date() | time():
            text = go_date(value)
        case _:
            text = str(value)
    return text


def go_date(value: date | time) -> str:
    """A TOML date or time as flyctl's JSON carries it: ``2026-11-23T07:32:00.5Z``."""
    match value:
        case datetime():
            offset = value.isoformat()[-6:] if value.tzinfo is not None else ""
            return f"{value:%Y-%m-%d}T{_clock(value)}{offset.replace('+00:00', 'Z')}"
        case time():
            return _clock(value)
        case _:
            return value.isoformat()


def _clock(value: datetime | time) -> str:
    fraction = f".{value.microsecond:06}".rstrip("0").rstrip(".")
    return f"{value:%H:%M:%S}{fraction}"


def _zone(value: datetime) -> str:
    return "UTC" if value.utcoffset() == timedelta(0) else f"{value:%z}"


def _float(value: float) -> str:
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else f"{value:+}".title()
    sign, digits, _ = Decimal(repr(value)).normalize().as_tuple()
    exponent = Decimal(repr(value)).adjusted() if value else 0
    if exponent in _PLAIN_EXPONENTS:
        return format(Decimal(repr(value)).normalize(), "f")
    mantissa = f"{digits[0]}.{''.join(map(str, digits[1:]))}".rstrip(".")
    return f"{'-' if sign else ''}{mantissa}e{exponent:+03}"
