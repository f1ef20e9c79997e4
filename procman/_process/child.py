"""One running child: its output taken in, its limits kept, its end made sure of."""

from __future__ import annotations

import enum
import math
import os
from signal import Signals

import anyio

from procman._process.ending import TreeEnd
from procman._process.hurry import Hurry
from procman._process.intake import Intake
from procman._process.refusal import not_started
from procman._process.spawn import Spawned, spawn, stdin_bytes
from procman._process.starter import starter
from procman._process.stream import Stream
from procman._process.tree import Tree
from procman._process.watch import Watch
from procman.command import Command
from procman.outcome import Limit, LimitName
from procman.output import Containment, Ending, Output

WRITE_SIZE = 65536
LAST_TURNS = 16
"""Turns spent on what the dead left in their pipes: more than the largest pipe holds."""

HEAD_START = 0.01
HEAD_START_EACH = 0.001
LONGEST_HEAD_START = 0.05
"""
Seconds in which a child whose output is only kept is watched for nothing but its end.

Most are gone by then, and what they printed is read in one go: to be woken for each of its
streams is a third of what such a child costs. The others can print a pipeful meanwhile. Where
many run at once each takes longer.
"""


class Reached(enum.Enum):
    """What a wait for a child came to first."""

    END = enum.auto()
    DEADLINE = enum.auto()
    SILENCE = enum.auto()


class Child:
    """
    A child process, from its start to the end of its tree.

    One task at a time calls `wait`, as often as it likes: between two calls nothing is lost,
    the pipes hold it. `close` must be called in the end, whatever happened.
    """

    def __init__(
        self,
        command: Command,
        intake: Intake,
        hurry: Hurry,
        *,
        watch: Watch,
        spawned: Spawned,
        started: float,
    ) -> None:
        self.command = command
        self._intake = intake
        self._watch = watch
        self._child = spawned
        self._started = started
        self._end = TreeEnd(Tree(self._child), command.stop, hurry, self, self._started)
        self._stdin = memoryview(stdin_bytes(command))
        self._streams = intake.attach(self._child.stdout, self._child.stderr)
        self._open = {stream.fd: stream for stream in self._streams}
        self._is_watched = False
        self._last_output = self._started
        self._exited_at: float | None = None
        self._exit: tuple[int | None, Signals | None] = (None, None)
        self._drained: tuple[Limit, ...] = ()

    @classmethod
    async def start(cls, command: Command, intake: Intake, hurry: Hurry) -> Child:
        """
        Start *command*.

        Raises:
            CommandNotStarted: the system refused; nothing is left behind.
        """
        started = anyio.current_time()
        try:
            # While nothing runs yet: later there may be no descriptor left.
            watch = Watch()
        except OSError as error:
            intake.abandon()
            raise not_started(command, error) from error
        try:
            spawned = await spawn(command)
        except BaseException:
            watch.close()
            intake.abandon()
            raise
        return cls(command, intake, hurry, watch=watch, spawned=spawned, started=started)

    @property
    def _containment(self) -> Containment:
        is_guarded = self._child.roster is not None
        return Containment.GUARDIAN if is_guarded else Containment.NONE

    @property
    def pid(self) -> int:
        """Of the child, its process group and its session."""
        return self._child.pid

    def _watch_all(self) -> None:
        """Be woken by whatever happens from now on."""
        if self._is_watched or self._is_done():
            return
        self._is_watched = True
        for fd in self._open:
            self._watch.reading(fd)
        if not self.has_ended:
            self._watch.reading(self._child.exit)
        if self._child.stdin is not None:
            self._watch.writing(self._child.stdin)

    async def wait(self, deadline: float = math.inf, quiet: float = math.inf) -> Reached:
        """
        Take in what the child prints until it ended, or until a limit is reached.

        Args:
            deadline: A moment by `anyio.current_time`.
            quiet: Seconds it may print nothing.

        After the child's own end its streams are read to theirs, but no longer than
        `Capture.drain`: a descendant may hold them open.

        Raises:
            Exception: what somebody raised who was told of its output.
        """
        if self._is_only_kept and not self._is_watched:
            await self._head_start(self._next_limit(deadline, quiet))
        self._watch_all()
        while not self._is_done():
            with anyio.CancelScope() as scope:
                await self._turns(scope, deadline, quiet)
            if scope.cancelled_caught:
                # What came in the same moment still counts, be it the child's end.
                self._turn()
                self._raise_failure()
                if anyio.current_time() >= self._next_limit(deadline, quiet):
                    break
        if self._exited_at is None:
            return Reached.SILENCE if self._last_output + quiet < deadline else Reached.DEADLINE
        # Somebody may have taken his time over what he was told: the pipes hold what is left.
        self._take_the_rest()
        self._raise_failure()
        if self._open:
            self._drained = (Limit(LimitName.DRAIN, self._intake.capture.drain),)
        return Reached.END

    @property
    def _is_only_kept(self) -> bool:
        """Whether nobody waits for what it prints, nor it for what it is to read."""
        return self._child.stdin is None and not any(s.has_sinks for s in self._streams)

    async def _head_start(self, limit: float) -> None:
        """Wait for its end alone, then read what it printed."""
        seconds = min(HEAD_START + starter.running * HEAD_START_EACH, LONGEST_HEAD_START)
        with anyio.CancelScope(deadline=min(limit, self._started + seconds)):
            await anyio.wait_readable(self._child.exit)
            self._exited_at = anyio.current_time()
            for fd, stream in tuple(self._open.items()):
                self._read(fd, stream)

    async def _turns(self, scope: anyio.CancelScope, deadline: float, quiet: float) -> None:
        while not self._is_done():
            limit = self._next_limit(deadline, quiet)
            if scope.deadline != limit:
                scope.deadline = limit
            await anyio.wait_readable(self._watch.fileno())
            self._turn()
            self._raise_failure()

    def _next_limit(self, deadline: float, quiet: float) -> float:
        if self._exited_at is not None:
            return self._exited_at + self._intake.capture.drain
        return min(deadline, self._last_output + quiet)

    def _is_done(self) -> bool:
        return self._exited_at is not None and not self._open

    def _turn(self) -> bool:
        """Do what can be done without waiting; whether there was anything to do."""
        ready = self._watch.ready()
        for fd in ready:
            if fd in self._open:
                self._read(fd, self._open[fd])
            elif fd == self._child.exit:
                self._watch.forget(fd)
                self._exited_at = anyio.current_time()
            else:
                self._write(fd)
        return bool(ready)

    def _read(self, fd: int, stream: Stream) -> None:
        if stream.read():
            self._last_output = anyio.current_time()
        if stream.is_at_end:
            del self._open[fd]
            if self._is_watched:
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
            os.close(fd)
            self._child.stdin = None

    def _raise_failure(self) -> None:
        for stream in self._streams:
            if stream.failure is not None:
                raise stream.failure

    @property
    def has_ended(self) -> bool:
        """Whether the child itself did; its descendants may live."""
        return self._exited_at is not None

    async def take_in(self, seconds: float) -> None:
        """Take in what it prints for so long; returns when it ends."""
        had_ended = self.has_ended
        self._watch_all()
        with anyio.move_on_after(seconds):
            while self.has_ended is had_ended:
                await anyio.wait_readable(self._watch.fileno())
                self._turn()

    async def end(self) -> None:
        """End it and its descendants, see `TreeEnd.end`; call it in a shielded scope."""
        await self._end.end()
        self._take_the_rest()

    def _take_the_rest(self) -> None:
        self._watch_all()
        for _ in range(LAST_TURNS):
            if not (self._open and self._turn()):
                return

    async def end_left_over(self) -> None:
        """End what outlived the child; for a child that came to its own end."""
        await self._end.end_left_over()
        self._take_the_rest()

    def close(self) -> None:
        """Reap the child and let go of everything it held."""
        self._watch.close()
        for stream in self._open.values():
            stream.close()
        if self._child.stdin is not None:
            os.close(self._child.stdin)
            self._child.stdin = None
        os.close(self._child.exit)
        if self._exited_at is None:
            self._child.reap_later()
        else:
            self._exit = self._child.reap()

    def output(self) -> Output:
        """What it left, as far as is known now."""
        exit_code, signum = self._exit
        return self._intake.output(
            exit_code=exit_code,
            signum=signum,
            pid=self.pid,
            seconds=(self._exited_at or anyio.current_time()) - self._started,
            ending=Ending(
                tuple(self._end.sent),
                self._end.left_over,
                bool(self._drained),
                self._end.survivors,
                self._containment,
                (*self._drained, *self._end.limits),
            ),
        )
