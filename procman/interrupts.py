"""SIGINT and SIGTERM as a request to end in order; the second one as a demand."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import AsyncIterator, Callable, Collection, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from select import PIPE_BUF
from signal import SIGINT, SIGTERM, Signals
from typing import Any

import anyio

STOP_SIGNALS = (SIGINT, SIGTERM)

OnSignal = Callable[[Signals, int], None]
"""Told which signal came, and how many have come so far."""


class Interrupts:
    """
    The signals that came while somebody listens for them.

    Attributes:
        signal: The first that came; None if none did.
    """

    def __init__(self) -> None:
        self.signal: Signals | None = None
        self._times = 0
        self._listeners: list[OnSignal] = []

    def receive(self, signum: Signals) -> None:
        """Tell every listener."""
        self.signal = self.signal or signum
        self._times += 1
        for listener in [*self._listeners]:
            listener(self.signal, self._times)

    @contextmanager
    def told(self, listener: OnSignal) -> Iterator[None]:
        """Tell *listener* of signals, also of one that came before."""
        self._listeners.append(listener)
        if self.signal is not None:
            listener(self.signal, self._times)
        try:
            yield
        finally:
            self._listeners.remove(listener)


@asynccontextmanager
async def interrupts(
    signals: Collection[Signals] | None = None,
) -> AsyncIterator[Interrupts]:
    """
    Catch *signals* within the block: for one workflow, or for several.

    Of blocks that overlap, in time or nested, each hears of every signal. What handled them
    before handles them again after the last block.

    Args:
        signals: SIGINT and SIGTERM if None and in the main thread, where alone Python knows
            of signals; none in any other thread.
    """
    found = Interrupts()
    caught = _default() if signals is None else signals
    if not caught:
        yield found
        return
    failure: Exception | None = None
    with _CATCHER.catching(caught) as pipe:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(_listen, found, pipe)
            try:
                yield found
            except Exception as error:  # noqa: BLE001 - raised again, out of the task group
                failure = error
            tasks.cancel_scope.cancel()
    if failure is not None:
        raise failure


def _default() -> Collection[Signals]:
    is_main = threading.current_thread() is threading.main_thread()
    return STOP_SIGNALS if is_main else ()


async def _listen(found: Interrupts, pipe: int) -> None:
    while True:
        await anyio.wait_readable(pipe)
        # It may be woken for nothing.
        with suppress(BlockingIOError):
            for number in os.read(pipe, PIPE_BUF):
                found.receive(Signals(number))


class _Catcher:
    """
    The process's handler of signals while somebody listens; there is one for each process.

    A signal has one handler, whoever sets it; `anyio.open_signal_receiver` takes it from who
    has it, and leaves the default behind.
    """

    def __init__(self) -> None:
        self._pipes: dict[Signals, tuple[int, ...]] = {}
        self._before: dict[Signals, Any] = {}

    @contextmanager
    def catching(self, signals: Collection[Signals]) -> Iterator[int]:
        """A pipe from which the number of each of *signals* that comes can be read, a byte."""
        ours, theirs = os.pipe()
        os.set_blocking(ours, False)
        os.set_blocking(theirs, False)
        with ExitStack() as undo:
            undo.callback(os.close, ours)
            undo.callback(os.close, theirs)
            for signum in signals:
                undo.enter_context(self._telling(theirs, signum))
            yield ours

    @contextmanager
    def _telling(self, pipe: int, signum: Signals) -> Iterator[None]:
        told = self._pipes.get(signum, ())
        if not told:
            # None is a handler that is none of Python's.
            self._before[signum] = signal.signal(signum, self._handle) or signal.SIG_DFL
        self._pipes[signum] = (*told, pipe)
        try:
            yield
        finally:
            self._pipes[signum] = tuple(each for each in self._pipes[signum] if each != pipe)
            if not self._pipes[signum]:
                signal.signal(signum, self._before.pop(signum))

    def _handle(self, number: int, _: object) -> None:
        for pipe in self._pipes[Signals(number)]:
            # A pipe that is full holds more signals than anybody can have meant.
            with suppress(BlockingIOError):
                os.write(pipe, bytes([number]))


_CATCHER = _Catcher()
