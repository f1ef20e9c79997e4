"""Where secrets are in what was printed: pairs of where each starts and where it stops."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator
from itertools import accumulate

Span = tuple[int, int]


def spans_of(spelling: bytes, data: bytes) -> Iterator[Span]:
    """Where *spelling* is in *data*; occurrences that overlap are one."""
    size = len(spelling)
    start = data.find(spelling)
    while start >= 0:
        last = start
        while (later := data.rfind(spelling, last + 1, last + 2 * size - 1)) >= 0:
            last = later
        yield start, last + size
        start = data.find(spelling, last + size)


def begins_at(data: bytes, spelling: bytes) -> int:
    """Where a beginning of *spelling* stands that *data* breaks off in; its length if nowhere."""
    at = data.find(spelling[:1], max(0, len(data) - len(spelling) + 1))
    # Few bytes are compared first: both may be long.
    while at >= 0 and not (
        spelling.startswith(data[at : at + 16]) and spelling.startswith(data[at:])
    ):
        at = data.find(spelling[:1], at + 1)
    return at if at >= 0 else len(data)


def ends_at(data: bytes, spelling: bytes) -> int:
    """Up to where *data* is an end of *spelling* that it breaks into; 0 if it is none."""
    beginning = data[: len(spelling)]
    return len(beginning) - begins_at(beginning[::-1], spelling[::-1])


def united(spans: Iterable[Span], *, with_neighbours: bool = False) -> list[Span]:
    """*spans* in order, those that overlap as one, or also those that touch."""
    found: list[Span] = []
    for start, stop in sorted(spans):
        if found and start < found[-1][1] + with_neighbours:
            found[-1] = found[-1][0], max(found[-1][1], stop)
        else:
            found.append((start, stop))
    return found


def replaced(data: bytes, spans: Iterable[Span], replacement: bytes) -> bytes:
    """*data* with *replacement* for each of *spans*, which are in order."""
    parts, at = [], 0
    for start, stop in spans:
        parts += [data[at:start], replacement]
        at = stop
    return b"".join((*parts, data[at:]))


class Strand:
    """Those bytes of *data* that stand where *origins* has the byte *origin*."""

    def __init__(self, data: bytes, origins: bytes, origin: int) -> None:
        self._runs = [m.span() for m in re.finditer(re.escape(bytes([origin])) + b"+", origins)]
        self._starts = [0, *accumulate(stop - start for start, stop in self._runs)]
        self.content = b"".join(data[start:stop] for start, stop in self._runs)

    def spread(self, spans: Collection[Span]) -> Iterator[Span]:
        """Where *spans* of the content are in the data."""
        for start, stop in spans:
            at = start
            run = bisect_right(self._starts, at) - 1
            while at < stop:
                end = min(stop, self._starts[run + 1])
                offset = self._runs[run][0] - self._starts[run]
                yield at + offset, end + offset
                at, run = end, run + 1
