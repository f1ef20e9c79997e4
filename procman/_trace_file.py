"""A file in the Trace Event Format, and the lanes that its slices lie on."""

from __future__ import annotations

import heapq
import json
import os
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path

Key = int | str
"""What lies on a lane: a job by its name, a step or a service by its id."""


class TraceFile:
    """
    An array of trace events, each written at once.

    Times are seconds; the format wants microseconds.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("w", encoding="utf-8")
        self._separator = "[\n"
        self._pid = os.getpid()

    def begin(
        self, lane: int, at: float, kind: str, name: str, values: Mapping[str, object]
    ) -> None:
        """Open a slice within the one that is open on *lane*."""
        self._write(lane, at, {"ph": "B", "cat": kind, "name": name, "args": values})

    def end(self, lane: int, at: float, values: Mapping[str, object]) -> None:
        """Close the innermost slice of *lane*."""
        self._write(lane, at, {"ph": "E", "args": values})

    def mark(
        self, lane: int, at: float, kind: str, name: str, values: Mapping[str, object]
    ) -> None:
        """Mark a moment on *lane*."""
        self._write(lane, at, {"ph": "i", "s": "t", "cat": kind, "name": name, "args": values})

    def name_lane(self, lane: int, name: str) -> None:
        """Lanes are shown in the order of their numbers."""
        for what, values in (
            ("thread_name", {"name": name}),
            ("thread_sort_index", {"sort_index": lane}),
        ):
            self._write(lane, 0.0, {"ph": "M", "name": what, "args": values})

    def name_run(self, name: str) -> None:
        """What the lanes together are called."""
        self._write(0, 0.0, {"ph": "M", "name": "process_name", "args": {"name": name}})

    def close(self) -> None:
        """Close the array."""
        self._file.write("\n]\n")
        self._file.close()

    def _write(self, lane: int, at: float, event: Mapping[str, object]) -> None:
        where = {"pid": self._pid, "tid": lane, "ts": round(at * 1e6, 3)}
        self._file.write(self._separator + json.dumps({**event, **where}))
        self._file.flush()
        self._separator = ",\n"


class Lanes:
    """
    Who lies where: what runs at the same time, and not within the other, on another lane.

    *on_new* is told the number and the name of each lane that was not there before.
    """

    def __init__(self, on_new: Callable[[int, str], None]) -> None:
        self._on_new = on_new
        self._free: dict[str, list[int]] = defaultdict(list)
        self._opened: Counter[str] = Counter()
        self._places: dict[Key, int] = {}
        self._owned: dict[Key, str] = {}

    def take(self, key: Key, kind: str, first: int) -> int:
        """The first free lane of that *kind*, whose lanes are numbered from *first*."""
        if self._free[kind]:
            lane = heapq.heappop(self._free[kind])
        else:
            lane = first + self._opened[kind]
            self._opened[kind] += 1
            self._on_new(lane, f"{kind} {self._opened[kind]}")
        self._places[key] = lane
        self._owned[key] = kind
        return lane

    def join(self, key: Key, host: Key) -> int:
        """The lane of *host*, within whose slice that of *key* lies."""
        self._places[key] = lane = self._places[host]
        return lane

    def of(self, key: Key) -> int | None:
        """Where it lies; None if it does not."""
        return self._places.get(key)

    def leave(self, key: Key) -> int:
        """Where it lay; if the lane was its own, others may have it now."""
        lane = self._places.pop(key)
        if (kind := self._owned.pop(key, None)) is not None:
            heapq.heappush(self._free[kind], lane)
        return lane
