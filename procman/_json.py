"""Reads one JSON document, strictly."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from procman.errors import SHOWN, Unreadable, shown


class NotJson(Unreadable):
    """
    Raised for what is not exactly one JSON document.

    Attributes:
        reason: What is wrong, and where.
        seen: What stands there.
    """

    def __init__(self, reason: str, seen: str = "") -> None:
        self.reason = reason
        self.seen = seen
        super().__init__(f"{reason}; saw {seen}" if seen else reason)


def json_value(content: str, line: int | None = None) -> Any:
    """
    The value of the document that *content* is, on that *line* of more than one if given.

    Raises:
        NotJson: nothing is searched for, and nothing is repaired.
    """
    if not content.strip():
        raise NotJson(f"empty where JSON was expected{_at(line)}")
    try:
        return json.loads(content, parse_constant=_refuse_constant, parse_float=_finite)
    except json.JSONDecodeError as error:
        seen = shown(content[error.pos : error.pos + SHOWN + 1]) or "the end"
        where = f"line {line or error.lineno}, column {error.colno}"
        problem = NotJson(f"not JSON at {where}: {error.msg}", seen)
    except _Refused as error:
        problem = NotJson(f"not JSON{_at(line)}: {error}")
    except (RecursionError, ValueError) as error:
        # Nested deeper than Python goes, or an integer of more digits than it reads.
        problem = NotJson(f"not to be read{_at(line)}: {error}")
    raise problem


class _Refused(Exception):
    """Raised for a number that JSON has no way to write."""


def _at(line: int | None) -> str:
    return "" if line is None else f" at line {line}"


def _refuse_constant(name: str) -> NoReturn:
    raise _Refused(f"{name} is no JSON value")


def _finite(digits: str) -> float:
    value = float(digits)
    if value in (float("inf"), float("-inf")):
        raise _Refused(f"{shown(digits)} is beyond any float")
    return value
