"""Ends a child with all that came of it: one signal after another, until nothing is left."""

from __future__ import annotations

from collections.abc import Callable
from signal import SIGCONT, SIGKILL, Signals
from typing import Protocol

import anyio

from procman._process.hurry import Hurry
from procman._process.table import Process
from procman._process.tree import Tree
from procman.command import Stop
from procman.outcome import Limit, LimitName
from procman.output import SentSignal

FIRST_PAUSE = 0.001
LONGEST_PAUSE = 0.016
"""Seconds between two looks at descendants that are being ended; each is twice the last."""


class Reader(Protocol):
    """Who reads what the child prints: it may not be able to end before that is read."""

    @property
    def has_ended(self) -> bool:
        """Whether the child itself did."""
        ...

    async def take_in(self, seconds: float) -> None:
        """Read for so long; returns when the child ends."""
        ...


class TreeEnd:
    """
    The end of one tree, of a child that was *started* then, by `anyio.current_time`.

    Attributes:
        sent: The signals that were sent, in order.
        left_over: How many descendants outlived the child; they were ended after it, or spared.
        survivors: The pids of those that SIGKILL did not end.
        limits: The graces that were used up.
    """

    def __init__(
        self, tree: Tree, stop: Stop, hurry: Hurry, reader: Reader, started: float
    ) -> None:
        self.sent: list[SentSignal] = []
        self.left_over = 0
        self.survivors: tuple[int, ...] = ()
        self.limits: list[Limit] = []
        self._tree = tree
        self._stop = stop
        self._hurry = hurry
        self._reader = reader
        self._started = started
        self._seen: tuple[Process, ...] = ()

    async def end(self) -> None:
        """
        End the child and its descendants: each signal with its grace, then SIGKILL.

        Returns when none of them is left, or when SIGKILL was given its time. Call it in a
        shielded scope; it is bounded.
        """
        for signum, grace in self._stop.signals:
            if not self._send(signum):
                return
            began = anyio.current_time()
            with self._hurry.grace(grace) as scope:
                await self._until(self._is_gone)
                return
            # In a hurry it was cut short, and is not what it is declared to be.
            if scope.cancelled_caught and anyio.current_time() - began >= grace:
                self.limits.append(Limit(LimitName.GRACE, grace))
        if self._send(SIGKILL):
            with anyio.move_on_after(self._stop.kill) as scope:
                await self._until(self._is_killed)
            if scope.cancelled_caught:
                self.limits.append(Limit(LimitName.KILL, self._stop.kill))
            self.survivors = self._left()

    async def end_left_over(self) -> None:
        """End what outlived the child, unless it is to; for one that came to its own end."""
        if left := self._tree.outlived():
            self.left_over = len(left)
            if not self._stop.spares_daemons:
                await self.end()

    def _send(self, signum: Signals) -> bool:
        """Send it to all that is left; whether anything is."""
        members = self._tree.members()
        if self._reader.has_ended and not members:
            return False
        self.sent.append(SentSignal(signum, anyio.current_time() - self._started))
        self._tree.signal(signum, members)
        if signum is not SIGKILL:
            # A stopped process takes in nothing but SIGKILL before it goes on.
            self._tree.signal(SIGCONT, members)
        return True

    async def _until(self, is_done: Callable[[], bool]) -> None:
        pause = FIRST_PAUSE
        while not is_done():
            await self._reader.take_in(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    def _is_gone(self) -> bool:
        # Looking for them takes long, so nobody does while the child or one of the last lives.
        if not self._reader.has_ended:
            return False
        self._seen = self._tree.alive(self._seen) or self._tree.members()
        return not self._seen

    def _is_killed(self) -> bool:
        # One that forks is killed again and again, whether or not the child has ended.
        return not self._tree.kill() and self._reader.has_ended

    def _left(self) -> tuple[int, ...]:
        leader = () if self._reader.has_ended else (self._tree.leader,)
        return (*leader, *(process.pid for process in self._tree.members()))
