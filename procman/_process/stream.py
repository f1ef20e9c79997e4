"""One of a child's output streams: read, kept, and passed on to whoever wants it."""

from __future__ import annotations

import fcntl
import os
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from procman._process.keep import SMALLEST, Kept
from procman.secret import Bytes, Redactor

PIECE = 262144
"""Bytes that are passed on at once, at most."""

A_TURN = 0.002
"""
Seconds for one stream before the others, and the rest of the program, get their turn.

Whoever prints little at a time is read the quicker the longer nothing comes between: while its
reader waits for it the kernel has it write into the same few pages of memory again and again,
and into new ones, which are slow to come by, once it fell behind.
"""

MUCH = 65536
"""Bytes after which a child is taken for one that prints much."""

WIDE = 1048576
"""Bytes that its pipe holds from then on; Linux gives no more to those without privileges."""


class Sink(Protocol):
    """Something that is given a stream, piece by piece, redacted."""

    def feed(self, data: Bytes) -> None:
        """Take what came next; its memory is used again when this returns."""
        ...

    def close(self) -> None:
        """Know that nothing comes any more."""
        ...


class Stream:
    """
    A pipe from a child, until its end.

    Attributes:
        kept: What was read, raw and bounded.
        is_at_end: Whether nothing comes any more.
        failure: The first that a sink raised; it is given nothing more, the others are.
    """

    def __init__(self, fd: int, keep: int) -> None:
        self.fd = fd
        self.kept = Kept(keep)
        self.is_at_end = False
        self.failure: Exception | None = None
        self._is_wide = False
        self._sinks: list[Sink] = []

    def pass_on(self, sink: Sink, redactor: Redactor) -> None:
        """Have *sink* given what comes, without its secrets."""
        self._sinks.append(_Redacted(sink, redactor) if redactor.spellings else sink)

    @property
    def has_sinks(self) -> bool:
        """Whether somebody wants to know what comes, when it comes."""
        return bool(self._sinks)

    def read(self) -> bool:
        """Take what there is, until the turn is over; whether anything came."""
        before = self.kept.size
        ends_at = time.monotonic() + A_TURN
        has_more = before > 0 or self._begin()
        while has_more:
            room = self.kept.room()[:PIECE]
            count = self._fill(room, ends_at)
            self.kept.took(count)
            if count:
                self._tell(room[:count])
            has_more = count == len(room) and time.monotonic() < ends_at
        if self.kept.size >= MUCH and not self._is_wide:
            self._widen()
        return self.kept.size > before

    def _fill(self, room: memoryview, ends_at: float) -> int:
        """How much of *room* was filled before there was nothing left, or it was time to end."""
        count = 0
        with suppress(BlockingIOError):
            while count < len(room):
                came = os.readv(self.fd, [room[count:]])
                count += came
                self.is_at_end = not came
                if self.is_at_end or time.monotonic() >= ends_at:
                    break
        return count

    def _begin(self) -> bool:
        """Take the first bytes; most streams of most children have none, and need no memory."""
        try:
            data = memoryview(os.read(self.fd, SMALLEST))
        except BlockingIOError:
            return False
        if data:
            self.kept.feed(data)
            self._tell(data)
        self.is_at_end = not data
        return not self.is_at_end

    def close(self) -> None:
        """Pass on what was held back and close our end."""
        self.is_at_end = True
        os.close(self.fd)
        for sink in tuple(self._sinks):
            self._try(sink, sink.close)

    def _tell(self, data: memoryview) -> None:
        for sink in tuple(self._sinks):
            self._try(sink, sink.feed, data)

    def _try(self, sink: Sink, act: Callable[..., None], *data: memoryview) -> None:
        try:
            act(*data)
        except Exception as error:  # noqa: BLE001 - whoever waits for the child raises it
            self._sinks.remove(sink)
            self.failure = self.failure or error

    def _widen(self) -> None:
        self._is_wide = True
        if sys.platform == "linux":
            # Refused to a user whose pipes hold much already: then it goes on as it is, slower.
            with suppress(OSError):
                fcntl.fcntl(self.fd, fcntl.F_SETPIPE_SZ, WIDE)


class _Redacted:
    """Stands before *sink* and lets no secret through."""

    def __init__(self, sink: Sink, redactor: Redactor) -> None:
        self._sink = sink
        self._redaction = redactor.stream()

    def feed(self, data: Bytes) -> None:
        self._sink.feed(self._redaction.feed(data))

    def close(self) -> None:
        self._sink.feed(self._redaction.close())
        self._sink.close()
