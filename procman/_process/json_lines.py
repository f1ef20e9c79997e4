"""Lines that are JSON values, told of as they come."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from procman._json import NotJson, json_value
from procman.errors import Unreadable, shown
from procman.secret import Redactor


class BrokenLine(Unreadable):
    """Raised at once for a line that is no JSON value."""


class JsonLines:
    """
    Tells the value of each line of stdout, with the number of the line.

    It is given lines with their secrets, which could be a number; what it quotes has none.
    """

    def __init__(self, tell: Callable[[int, Any], None], redactor: Redactor) -> None:
        self._tell = tell
        self._redactor = redactor
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
            if is_cut:
                raise self._broken(f"too long at line {self._number}", line)
            self._tell(self._number, self._value(line))

    def _value(self, line: str) -> Any:
        try:
            return json_value(line, self._number)
        except NotJson as error:
            reason = error.reason
        # Not above, where what was seen would be the context of the error that hides it.
        raise self._broken(reason, line)

    def _broken(self, reason: str, line: str) -> BrokenLine:
        return BrokenLine(f"{reason}; saw {shown(self._redactor.clean_text(line))}")
