"""Bounded memory for a stream of any length: its beginning and its end."""

from __future__ import annotations

from procman.output import cut_notice

SMALLEST = 4096
LARGEST = 262144
"""Bytes of memory that the beginning grows by, first and at most: most children say little."""


class Kept:
    """
    The first and the last bytes of a stream, and how many between them were let go.

    They are read right into their place: `room` is where the next ones go, `took` says how
    many went there. What comes after the beginning goes round and round in a ring.
    """

    def __init__(self, limit: int) -> None:
        self._last = limit // 4
        self._unclaimed = limit - self._last
        self._head: list[bytearray] = []
        self._ring = bytearray()
        self._room = memoryview(b"")
        self.size = 0

    def room(self) -> memoryview:
        """Where the next bytes go; never empty."""
        if not self._room:
            self._room = memoryview(self._next_piece())
        return self._room

    def took(self, count: int) -> None:
        """Know that so many bytes went into `room`."""
        self._room = self._room[count:]
        self.size += count

    def feed(self, data: memoryview) -> None:
        """Copy what came next."""
        while data:
            room = self.room()[: len(data)]
            count = len(room)
            room[:] = data[:count]
            self.took(count)
            data = data[count:]

    def content(self) -> tuple[bytes, int]:
        """What was kept, and how many bytes were not; a line stands where those are missing."""
        if not self._ring:
            return b"".join(self._head)[: self.size], 0
        end = len(self._ring) - len(self._room)
        past = self.size - sum(map(len, self._head))
        newer = self._ring[max(0, end - self._last) : end]
        older_size = min(past, self._last) - len(newer)
        older = self._ring[len(self._ring) - older_size :]
        cut = past - len(older) - len(newer)
        notice = cut_notice(cut) if cut else b""
        return b"".join([*self._head, notice, older, newer]), cut

    def _next_piece(self) -> bytearray:
        if self._unclaimed:
            size = min(max(SMALLEST, min(self.size, LARGEST)), self._unclaimed)
            self._unclaimed -= size
            self._head.append(bytearray(size))
            return self._head[-1]
        if not self._ring:
            self._ring = bytearray(max(self._last, LARGEST))
        return self._ring
