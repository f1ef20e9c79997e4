"""One running child: its output taken in, its limits kept, its end made sure of."""

from __future__ import annotations

import enum
import math
from signal import Signals

import anyio
import anyio.lowlevel

from procman._process.ending import TreeEnd
from procman._process.glance import glance
from procman._process.hurry import Hurry
from procman._process.intake import Intake
from procman._process.pipes import Pipes
from procman._process.refusal import not_started
from procman._process.spawn import Spawned, spawn, stdin_bytes
from procman._process.starter import starter
from procman._process.tree import Tree
from procman._process.watch import Watch
from procman.command import Command
from procman.outcome import Limit, LimitName
from procman.output import Containment, Ending, Output

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
        self._intake = intake
        self._child = spawned
        self._started = started
        streams = intake.attach(spawned.stdout, spawned.stderr)
        self._pipes = Pipes(watch, spawned, streams, stdin_bytes(command), started)
        self._end = TreeEnd(Tree(spawned), command.stop, hurry, self._pipes, started)
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
        pipes = self._pipes
        if pipes.is_only_kept and not pipes.is_watched:
            await self._head_start(self._next_limit(deadline, quiet))
        pipes.watch()
        while not pipes.is_done():
            with anyio.CancelScope() as scope:
                await self._turns(scope, deadline, quiet)
            if scope.cancelled_caught:
                # What came in the same moment still counts, be it the child's end.
                pipes.turn()
                pipes.raise_failure()
                if anyio.current_time() >= self._next_limit(deadline, quiet):
                    break
        if not pipes.has_ended:
            return Reached.SILENCE if pipes.last_output + quiet < deadline else Reached.DEADLINE
        # Somebody may have taken his time over what he was told: the pipes hold what is left.
        pipes.take_the_rest()
        pipes.raise_failure()
        if pipes.open:
            self._drained = (Limit(LimitName.DRAIN, self._intake.capture.drain),)
        return Reached.END

    async def _head_start(self, limit: float) -> None:
        """Wait for its end alone, then read what it printed."""
        # In their turns others start theirs, and that takes as long as most children live.
        await anyio.lowlevel.checkpoint()
        if glance.sees_end(self._child.exit):
            self._pipes.take_end()
            return
        seconds = min(HEAD_START + starter.running * HEAD_START_EACH, LONGEST_HEAD_START)
        with anyio.CancelScope(deadline=min(limit, self._started + seconds)):
            has_ended = False
            while not has_ended:
                await anyio.wait_readable(self._child.exit)
                # Trio may wake us for another that had the number before: a fork holds it open.
                has_ended = self._child.has_ended
            self._pipes.take_end()

    async def _turns(self, scope: anyio.CancelScope, deadline: float, quiet: float) -> None:
        pipes = self._pipes
        while not pipes.is_done():
            limit = self._next_limit(deadline, quiet)
            if scope.deadline != limit:
                scope.deadline = limit
            await anyio.wait_readable(pipes.fileno())
            pipes.turn()
            pipes.raise_failure()

    def _next_limit(self, deadline: float, quiet: float) -> float:
        exited_at = self._pipes.exited_at
        if exited_at is not None:
            return exited_at + self._intake.capture.drain
        return min(deadline, self._pipes.last_output + quiet)

    async def take_in(self, seconds: float) -> None:
        """Take in what it prints for so long; returns when it ends."""
        await self._pipes.take_in(seconds)

    async def end(self) -> None:
        """End it and its descendants, see `TreeEnd.end`; call it in a shielded scope."""
        await self._end.end()
        self._pipes.take_the_rest()

    async def end_left_over(self) -> None:
        """End what outlived the child; for a child that came to its own end."""
        await self._end.end_left_over()
        self._pipes.take_the_rest()

    def close(self) -> None:
        """Reap the child and let go of everything it held."""
        self._pipes.close()
        if self._pipes.has_ended:
            self._exit = self._child.reap()
        else:
            self._child.reap_later()

    def output(self) -> Output:
        """What it left, as far as is known now."""
        exit_code, signum = self._exit
        return self._intake.output(
            exit_code=exit_code,
            signum=signum,
            pid=self.pid,
            seconds=(self._pipes.exited_at or anyio.current_time()) - self._started,
            ending=Ending(
                tuple(self._end.sent),
                self._end.left_over,
                bool(self._drained),
                self._end.survivors,
                self._containment,
                (*self._drained, *self._end.limits),
            ),
        )
