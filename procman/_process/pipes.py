"""Our ends of a child's pipes: what can be read or written now, and whether the child ended."""

from __future__ import annotations

import os
from collections.abc import Sequence

import anyio

from procman._process.spawn import Spawned
from procman._process.stream import Stream
from procman._process.watch import Watch

WRITE_SIZE = 65536
LAST_TURNS = 16
"""
Turns spent on what the dead left in their pipes. Each takes a piece at least, however slow those
are who are told of it, and so many pieces are more than the largest pipe holds.
"""


class Pipes:
    """
    The pipes of one child; nothing but `take_in` waits.

    Attributes:
        fileno: Gives the descriptor that is readable when there is something to do, once `watch`
            was called.
        is_watched: Whether it was.
        is_only_kept: Whether nobody waits for what the child prints, nor it for what it reads.
        open: The streams that are not at their end, by descriptor.
        last_output: When it last printed something, or was started, by `anyio.current_time`.
        exited_at: When it was seen to have ended; None while it lives. Descendants may live.
    """

    def __init__(
        self, watch: Watch, child: Spawned, streams: Sequence[Stream], stdin: bytes, started: float
    ) -> None:
        self.fileno = watch.fileno
        self.is_watched = False
        self.is_only_kept = child.stdin is None and not any(s.has_sinks for s in streams)
        self.open = {stream.fd: stream for stream in streams}
        self.last_output = started
        self.exited_at: float | None = None
        self._watch = watch
        self._exit = child.exit
        self._streams = streams
        self._stdin_fd = child.stdin
        self._stdin = memoryview(stdin)

    @property
    def has_ended(self) -> bool:
        """Whether the child itself did; its descendants may live."""
        return self.exited_at is not None

    def is_done(self) -> bool:
        """Whether the child ended, and every stream too."""
        return self.has_ended and not self.open

    def watch(self) -> None:
        """Have `fileno` tell of whatever happens from now on."""
        if self.is_watched or self.is_done():
            return
        self.is_watched = True
        for fd in self.open:
            self._watch.reading(fd)
        if not self.has_ended:
            self._watch.reading(self._exit)
        if self._stdin_fd is not None:
            self._watch.writing(self._stdin_fd)

    def take_end(self) -> None:
        """Know that the child ended while nothing was watched, and read what it printed."""
        self.exited_at = anyio.current_time()
        for fd, stream in tuple(self.open.items()):
            self._read(fd, stream)

    def turn(self) -> bool:
        """Do what can be done without waiting; whether there was anything to do."""
        ready = self._watch.ready()
        for fd in ready:
            if fd in self.open:
                self._read(fd, self.open[fd])
            elif fd == self._exit:
                self._watch.forget(fd)
                self.exited_at = anyio.current_time()
            else:
                self._write(fd)
        return bool(ready)

    async def take_in(self, seconds: float) -> None:
        """Take in what it prints for so long; returns when it ends."""
        had_ended = self.has_ended
        self.watch()
        with anyio.move_on_after(seconds):
            while self.has_ended is had_ended:
                await anyio.wait_readable(self.fileno())
                self.turn()

    def take_the_rest(self) -> None:
        """Read what is in the pipes still."""
        if not self.open:
            return
        self.watch()
        for _ in range(LAST_TURNS):
            if not (self.open and self.turn()):
                return

    def raise_failure(self) -> None:
        """
        Let it be known if somebody who was told of the output failed.

        Raises:
            Exception: the first that he raised.
        """
        for stream in self._streams:
            if stream.failure is not None:
                raise stream.failure

    def close(self) -> None:
        """Let go of all of them."""
        self._watch.close()
        for stream in self.open.values():
            stream.close()
        if self._stdin_fd is not None:
            self._close_stdin(self._stdin_fd)
        os.close(self._exit)

    def _read(self, fd: int, stream: Stream) -> None:
        if stream.read():
            self.last_output = anyio.current_time()
        if stream.is_at_end:
            del self.open[fd]
            if self.is_watched:
                self._watch.forget(fd)
            stream.close()

    def _write(self, fd: int) -> None:
        try:
            written = os.write(fd, self._stdin[:WRITE_SIZE])
        except BlockingIOError:
            return
        except BrokenPipeError:
            # It ended, or closed its stdin, without reading all of it: its own affair.
            written = len(self._stdin)
        self._stdin = self._stdin[written:]
        if not self._stdin:
            self._watch.forget(fd)
            self._close_stdin(fd)

    def _close_stdin(self, fd: int) -> None:
        os.close(fd)
        self._stdin_fd = None
