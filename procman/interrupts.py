"""SIGINT and SIGTERM as a request to end in order; the second one as a demand."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Callable, Collection, Iterator
from contextlib import asynccontextmanager, contextmanager
from signal import SIGINT, SIGTERM, Signals

import anyio
from anyio.abc import TaskStatus

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
    Catch *signals* within the block: for one workflow, or for several one after another.

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
    async with anyio.create_task_group() as tasks:
        await tasks.start(_listen, found, caught)
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


async def _listen(
    found: Interrupts,
    signals: Collection[Signals],
    *,
    task_status: TaskStatus[None] = anyio.TASK_STATUS_IGNORED,
) -> None:
    with anyio.open_signal_receiver(*signals) as received:
        task_status.started()
        async for signum in received:
            found.receive(signum)
