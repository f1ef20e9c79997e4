"""One running child: its output taken in, its limits kept, its end made sure of."""

from __future__ import annotations

import enum
import math
import os
import selectors
from contextlib import ExitStack
from signal import SIGCONT, SIGKILL, Signals
from typing import BinaryIO

import anyio

from procman._process.hurry import Hurry
from procman._process.keep import Kept
from procman._process.lines import TellLines
from procman._process.refusal import not_started
from procman._process.spawn import Spawned, spawn, stdin_bytes
from procman._process.stream import Stream
from procman._process.tree import Tree
from procman.command import Command
from procman.output import Containment, Ending, Output, SentSignal
from procman.step import Capture

WRITE_SIZE = 65536
LOOK_AGAIN = 0.01
"""Seconds between two looks at descendants that are being ended."""

LAST_TURNS = 64
"""Turns spent on what the dead left in their pipes: more than the largest pipe holds."""

STREAMS = ("stdout", "stderr")


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
        self, command: Command, capture: Capture, hurry: Hurry, on_lines: TellLines | None = None
    ) -> None:
        self.command = command
        self._capture = capture
        self._hurry = hurry
        self._redactor = command.redactor
        self._merged = Kept(capture.keep) if capture.merged else None
        with ExitStack() as undo:
            self._selector = undo.enter_context(_selector(command))
            spills = [_spill(capture, name, undo) for name in STREAMS]
            self._started = anyio.current_time()
            self._child: Spawned = spawn(command)
            undo.pop_all()
        self._tree = Tree(self._child)
        self._stdin = memoryview(stdin_bytes(command))
        self._streams = [
            self._stream(name, fd, spill, on_lines)
            for name, fd, spill in zip(
                STREAMS, (self._child.stdout, self._child.stderr), spills, strict=True
            )
        ]
        self._register()
        self._last_output = self._started
        self._exited_at: float | None = None
        self._exit: tuple[int | None, Signals | None] = (None, None)
        self._sent: list[SentSignal] = []
        self._left_over = 0
        self._pipe_held = False
        self._unkillable = False

    @property
    def _containment(self) -> Containment:
        is_guarded = self._child.roster is not None
        return Containment.GUARDIAN if is_guarded else Containment.NONE

    @property
    def pid(self) -> int:
        """Of the child, its process group and its session."""
        return self._child.pid

    def _stream(
        self, name: str, fd: int, spill: BinaryIO | None, on_lines: TellLines | None
    ) -> Stream:
        return Stream(
            name,
            fd,
            keep=self._capture.keep,
            merged=self._merged,
            spill=spill,
            on_lines=on_lines,
            tee=self._capture.tee,
            redactor=self._redactor,
        )

    def _register(self) -> None:
        for stream in self._streams:
            self._selector.register(stream.fd, selectors.EVENT_READ, stream)
        self._selector.register(self._child.exit, selectors.EVENT_READ)
        if self._child.stdin is not None:
            self._selector.register(self._child.stdin, selectors.EVENT_WRITE)

    async def wait(self, deadline: float = math.inf, quiet: float = math.inf) -> Reached:
        """
        Take in what the child prints until it ended, or until a limit is reached.

        Args:
            deadline: A moment by `anyio.current_time`.
            quiet: Seconds it may print nothing.

        After the child's own end its streams are read to theirs, but no longer than
        `Capture.drain`: a descendant may hold them open.
        """
        with anyio.CancelScope() as scope:
            while not self._is_done():
                limit = self._next_limit(deadline, quiet)
                if scope.deadline != limit:
                    scope.deadline = limit
                await anyio.wait_readable(self._selector.fileno())
                self._turn()
        if scope.cancelled_caught:
            # What came in the same moment still counts: the child's end, and what it left in
            # its pipes while somebody took his time over what he was told before.
            self._take_the_rest()
        if self._exited_at is not None:
            self._pipe_held = self._pipe_held or self._has_open_stream()
            return Reached.END
        return Reached.SILENCE if self._last_output + quiet < deadline else Reached.DEADLINE

    def _next_limit(self, deadline: float, quiet: float) -> float:
        if self._exited_at is not None:
            return self._exited_at + self._capture.drain
        return min(deadline, self._last_output + quiet)

    def _is_done(self) -> bool:
        return self._exited_at is not None and not self._has_open_stream()

    def _has_open_stream(self) -> bool:
        return any(not stream.is_at_end for stream in self._streams)

    def _turn(self) -> bool:
        """Do what can be done without waiting; whether there was anything to do."""
        ready = self._selector.select(0)
        for key, _ in ready:
            if key.data is not None:
                self._read(key.data)
            elif key.fd == self._child.exit:
                self._selector.unregister(key.fd)
                self._exited_at = anyio.current_time()
            else:
                self._write(key.fd)
        return bool(ready)

    def _read(self, stream: Stream) -> None:
        if stream.read():
            self._last_output = anyio.current_time()
        if stream.is_at_end:
            self._selector.unregister(stream.fd)
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
            self._selector.unregister(fd)
            os.close(fd)
            self._child.stdin = None

    async def end(self) -> None:
        """
        End the child and its descendants: each signal with its grace, then SIGKILL.

        Returns when none of them is left, or when SIGKILL was given its time. Call it in a
        shielded scope; it is bounded.
        """
        for signum, grace in self.command.stop.signals:
            if not self._signal(signum):
                break
            with self._hurry.grace(grace):
                await self._gone()
        if self._signal(SIGKILL):
            with anyio.move_on_after(self.command.stop.kill) as scope:
                await self._gone(while_killing=True)
            self._unkillable = scope.cancelled_caught
        self._take_the_rest()

    def _signal(self, signum: Signals) -> bool:
        """Send it to all that is left; whether anything is."""
        members = self._tree.members()
        if self._exited_at is not None and not members:
            return False
        self._sent.append(SentSignal(signum, anyio.current_time() - self._started))
        self._tree.signal(signum, members)
        if signum is not SIGKILL:
            # A stopped process takes in nothing but SIGKILL before it goes on.
            self._tree.signal(SIGCONT, members)
        return True

    async def _gone(self, *, while_killing: bool = False) -> None:
        await self.wait()
        while members := self._tree.members():
            if while_killing:
                # It may have forked in the moment it was killed.
                self._tree.signal(SIGKILL, members)
            await anyio.sleep(LOOK_AGAIN)

    def _take_the_rest(self) -> None:
        for _ in range(LAST_TURNS):
            if not (self._has_open_stream() and self._turn()):
                return

    async def end_left_over(self) -> None:
        """End what outlived the child; for a child that came to its own end."""
        if left := self._tree.outlived():
            self._left_over = len(left)
            await self.end()

    def close(self) -> None:
        """Reap the child and let go of everything it held."""
        self._selector.close()
        for stream in self._streams:
            if not stream.is_at_end:
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
        stdout, stdout_cut = self._streams[0].kept.content()
        stderr, stderr_cut = self._streams[1].kept.content()
        exit_code, signum = self._exit
        return Output(
            exit_code=exit_code,
            signal=signum,
            pid=self.pid,
            stdout=stdout,
            stderr=stderr,
            stdout_cut=stdout_cut,
            stderr_cut=stderr_cut,
            merged=None if self._merged is None else self._merged.content()[0],
            seconds=(self._exited_at or anyio.current_time()) - self._started,
            spilled=self._capture.spill,
            ending=Ending(
                sent=tuple(self._sent),
                left_over=self._left_over,
                pipe_held=self._pipe_held,
                unkillable=self._unkillable,
                containment=self._containment,
            ),
            redactor=self._redactor,
        )


def _selector(command: Command) -> selectors.DefaultSelector:
    try:
        return selectors.DefaultSelector()
    except OSError as error:
        raise not_started(command, error) from error


def _spill(capture: Capture, name: str, undo: ExitStack) -> BinaryIO | None:
    if capture.spill is None:
        return None
    capture.spill.mkdir(parents=True, exist_ok=True)
    return undo.enter_context((capture.spill / name).open("wb"))
