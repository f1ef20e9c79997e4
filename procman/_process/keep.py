"""Bounded memory for a stream of any length: its beginning and its end."""

from __future__ import annotations

from collections import deque

SMALL = 4096
"""Pieces below this many bytes are joined, so that a dripping child costs no more than a flood."""


class Kept:
    """The first and the last bytes of a stream, and how many between them were let go."""

    def __init__(self, limit: int) -> None:
        self._head = deque[bytes]()
        self._head_room = limit - limit // 4
        self._tail = deque[bytes]()
        self._tail_limit = limit // 4
        self._tail_size = 0
        self.size = 0

    def feed(self, data: bytes) -> None:
        """Take what came next."""
        self.size += len(data)
        if self._head_room:
            first, data = data[: self._head_room], data[self._head_room :]
            self._head_room -= len(first)
            _append(self._head, first)
        if data:
            _append(self._tail, data)
            self._tail_size += len(data)
            while self._tail_size - len(self._tail[0]) >= self._tail_limit:
                self._tail_size -= len(self._tail.popleft())

    def content(self) -> tuple[bytes, int]:
        """What was kept, and how many bytes were not; a line stands where those are missing."""
        head = b"".join(self._head)
        tail = b"".join(self._tail)[-self._tail_limit :] if self._tail_size else b""
        cut = self.size - len(head) - len(tail)
        if not cut:
            return head + tail, 0
        return b"%s\n[... %d bytes cut ...]\n%s" % (head, cut, tail), cut


def _append(pieces: deque[bytes], data: bytes) -> None:
    if pieces and len(pieces[-1]) < SMALL:
        pieces[-1] += data
    else:
        pieces.append(data)
