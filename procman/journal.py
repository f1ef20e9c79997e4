"""The events of a run as JSON lines: written as they happen, readable after a crash."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from enum import Enum
from pathlib import Path
from typing import Any, TextIO, get_args

import attrs

from procman.events import Event, RunEnded, RunStarted
from procman.run_errors import BrokenJournal

_CLASSES: Mapping[str, type[Any]] = {kind.__name__: kind for kind in get_args(Event)}


class Journal:
    """
    A hook that writes every event to a file, a line each, before it returns.

    The file begins with the run and is closed with it. A line is whole or, after a crash,
    the last one.
    """

    def __init__(self, path: Path | str) -> None:
        self._path = Path(path)
        self._file: TextIO | None = None

    def __call__(self, event: Event) -> None:
        """Write it down."""
        if isinstance(event, RunStarted):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._path.open("w", encoding="utf-8")
        if self._file is None:
            raise ValueError("a journal is a hook of one run, from its first event on")
        self._file.write(_to_line(event))
        self._file.flush()
        if isinstance(event, RunEnded):
            self._file.close()


def read_journal(path: Path | str) -> Iterator[Event]:
    """
    The events in the journal at *path*; a last line that was not finished is left out.

    Raises:
        OSError: it cannot be read.
        BrokenJournal: another line is no event.
    """
    with Path(path).open(encoding="utf-8", errors="surrogateescape", newline="\n") as file:
        for number, line in enumerate(file, 1):
            if not line.endswith("\n"):
                return
            try:
                yield _from_line(line)
            except (ValueError, TypeError, KeyError) as error:
                raise BrokenJournal(f"{path}:{number}: no event: {error}") from error


def _to_line(event: Event) -> str:
    fields = attrs.asdict(event, value_serializer=_plain)
    return json.dumps({"event": type(event).__name__, **fields}) + "\n"


def _plain(_: Any, __: Any, value: Any) -> Any:
    return value.value if isinstance(value, Enum) else value


def _from_line(line: str) -> Event:
    fields = json.loads(line)
    event: Event = _CLASSES[fields.pop("event")](**fields)
    return event
