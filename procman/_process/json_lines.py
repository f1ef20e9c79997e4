"""Lines that are JSON values, told of as they come."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from procman.errors import Unreadable, shown


class BrokenLine(Unreadable):
    """Raised at once for a line that is no JSON value."""


class JsonLines:
    """Tells the value of each line of stdout, with the number of the line."""

    def __init__(self, tell: Callable[[int, Any], None]) -> None:
        self._tell = tell
        self._number = 0

    def __call__(self, stream: str, lines: Sequence[str], *, is_cut: bool) -> None:
        """
        Take whole lines in.

        Raises:
            BrokenLine: one of them is no JSON value, or was too long to be read.
        """
        if stream != "stdout":
            return
        for line in lines:
            self._number += 1
            if is_cut and line is lines[-1]:
                raise BrokenLine(f"line {self._number}: too long; saw {shown(line)}")
            self._tell(self._number, self._value(line))

    def _value(self, line: str) -> Any:
        try:
            return json.loads(line)
        except json.JSONDecodeError as error:
            where = f"line {self._number}, column {error.colno}"
            raise BrokenLine(f"{where}: not JSON: {error.msg}; saw {shown(line)}") from None
