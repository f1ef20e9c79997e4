"""One of a child's output streams: read, kept, and passed on to whoever wants it."""

from __future__ import annotations

import fcntl
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from procman._process.keep import SMALLEST, Kept
from procman.secret import Bytes, Redactor

READ_SIZE = 262144
A_TURN = 1048576
"""Bytes of one stream before the others, and the rest of the program, get their turn."""

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
        """Take what there is, up to a bound; whether anything came."""
        came = 0 if self.kept.size else self._begin()
        while came < A_TURN and not self.is_at_end:
            room = self.kept.room()[:READ_SIZE]
            try:
                count = os.readv(self.fd, [room])
            except BlockingIOError:
                break
            if not count:
                self.is_at_end = True
                break
            came += count
            self.kept.took(count)
            self._tell(room[:count])
        if self.kept.size >= MUCH and not self._is_wide:
            self._widen()
        return came > 0

    def _begin(self) -> int:
        """Take the first bytes; most streams of most children have none, and need no memory."""
        try:
            data = memoryview(os.read(self.fd, SMALLEST))
        except BlockingIOError:
            return 0
        if data:
            self.kept.feed(data)
            self._tell(data)
        self.is_at_end = not data
        return len(data)

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
