"""Starts programs without letting the rest of ours wait for a processor to be free."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from signal import SIGKILL

import anyio
from anyio.lowlevel import RunVar

from procman._process.table import runnable

SLOW = 0.001
"""Seconds after which a start had to wait for a processor: a tenth of it is enough for one."""

BUSY_FOR = 0.25
"""Seconds that the machine is then taken to be busy, if others than our children make it so."""

OURS = 2
"""Who is no stranger besides the children: this thread, and the child that was just started."""

PROCESSORS = os.cpu_count() or 1

THREADS = 4

Launch = Callable[[], int]
"""Starts a program, and returns its pid when it is executed."""

_limiter: RunVar[anyio.CapacityLimiter] = RunVar("procman_starters")


class Starter:
    """
    Starts a program right here while that is quick, and in a thread while the machine is busy.

    Whoever starts one sleeps until it is executed. Where it has to wait for its turn first, all
    that we could do meanwhile would wait with it, and so would every other start. If those it
    waits for are children of ours nothing is lost: they have to have their turns anyway; and
    nothing is won by a thread where there is no other child to be served.

    Attributes:
        running: How many children there are.
    """

    def __init__(self) -> None:
        self.running = 0
        self._busy_until = 0.0

    async def start(self, launch: Launch) -> int:
        """
        What *launch* returns.

        Raises:
            OSError: what it raised. Then, or after a cancellation, nothing was started.
        """
        if self.running and time.monotonic() < self._busy_until:
            return await _in_thread(_Handed(lambda: self._timed(launch)))
        return self._timed(launch)

    def _timed(self, launch: Launch) -> int:
        began = time.monotonic()
        try:
            return launch()
        finally:
            now = time.monotonic()
            if now - began > SLOW and self._is_contended():
                self._busy_until = now + BUSY_FOR

    def _is_contended(self) -> bool:
        """Whether strangers want all processors, even if none of our children is asleep."""
        if sys.platform != "linux":
            return False
        with suppress(OSError):
            return runnable() - self.running - OURS >= PROCESSORS
        return False


class _Handed:
    """A start that was handed to a thread."""

    def __init__(self, launch: Launch) -> None:
        self._launch = launch
        self._lock = threading.Lock()
        self._is_wanted = True
        self._has_begun = False
        self._is_over = threading.Event()
        self._pid: int | None = None

    def run(self) -> int | None:
        with self._lock:
            if not self._is_wanted:
                return None
            self._has_begun = True
        try:
            self._pid = self._launch()
        finally:
            self._is_over.set()
        return self._pid

    def undo(self) -> None:
        """End what was started, or is on its way to be."""
        with self._lock:
            self._is_wanted = False
        if not self._has_begun:
            return
        self._is_over.wait()
        if self._pid is not None:
            end_at_once(self._pid)


def end_at_once(pid: int) -> None:
    """Kill and reap a child that nobody has seen yet."""
    os.kill(pid, SIGKILL)
    os.waitpid(pid, 0)


async def _in_thread(handed: _Handed) -> int:
    try:
        pid = await anyio.to_thread.run_sync(handed.run, limiter=_threads())
    except BaseException:
        # No scope shields from the cancellation of an asyncio task itself.
        handed.undo()
        raise
    if pid is None:
        raise AssertionError  # nobody undid it
    return pid


def _threads() -> anyio.CapacityLimiter:
    try:
        return _limiter.get()
    except LookupError:
        limiter = anyio.CapacityLimiter(THREADS)
        _limiter.set(limiter)
        return limiter


starter = Starter()
