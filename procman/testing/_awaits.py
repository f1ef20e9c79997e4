"""Counts the awaits of a coroutine and of every task it starts, on asyncio and on trio."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Generator
from contextvars import ContextVar
from functools import partial
from typing import Any, Generic, Protocol, TypeVar, cast

import anyio
from anyio.lowlevel import current_token

T = TypeVar("T")

_counted: ContextVar[object] = ContextVar("_counted", default=None)


class Watched(Generic[T]):
    """
    Awaits *coroutine*, step by step.

    Attributes:
        was_cancelled: Whether a cancellation was raised in it, after it was last set to False.
    """

    def __init__(self, coroutine: Coroutine[Any, Any, T], on_await: Callable[[], None]) -> None:
        self.was_cancelled = False
        self._coroutine = coroutine
        self._on_await = on_await

    def __await__(self) -> Generator[Any, Any, T]:
        go_on: Callable[[], Any] = partial(self._coroutine.send, None)
        while True:
            try:
                waits_for = go_on()
            except StopIteration as stop:
                return cast("T", stop.value)
            self._on_await()
            try:
                value = yield waits_for
            except BaseException as error:  # noqa: BLE001 - raised where it is awaited
                self._note(error)
                go_on = partial(self._coroutine.throw, error)
            else:
                # trio has its own task raise what it is sent as an outcome.
                self._note(getattr(value, "error", None))
                go_on = partial(self._coroutine.send, value)

    def _note(self, error: object) -> None:
        if isinstance(error, anyio.get_cancelled_exc_class()):
            self.was_cancelled = True


async def counted(coroutine: Coroutine[Any, Any, T], on_await: Callable[[], None]) -> T:
    """What *coroutine* returns; *on_await* is called whenever it or a task of it waits."""
    key = object()
    reset = _counted.set(key)
    count = _count_on_trio if _loop() is None else _count_on_asyncio
    try:
        return await count(coroutine, on_await, key)
    finally:
        _counted.reset(reset)


class Loop(Protocol):
    """What is used of an event loop of asyncio, which is not imported for it."""

    def get_task_factory(self) -> Any: ...

    def set_task_factory(self, factory: Any) -> None: ...

    def create_task(self, coroutine: Coroutine[Any, Any, Any], **options: Any) -> Any: ...


def _loop() -> Loop | None:
    token = current_token().native_token
    return cast("Loop", token) if hasattr(token, "set_task_factory") else None


async def _count_on_asyncio(
    coroutine: Coroutine[Any, Any, T], on_await: Callable[[], None], key: object
) -> T:
    loop = _loop()
    if loop is None:
        raise RuntimeError("no event loop of asyncio runs")
    before = loop.get_task_factory()

    def make(loop: Loop, coroutine: Coroutine[Any, Any, Any], **options: Any) -> Any:
        if _counted.get() is key:
            coroutine = _awaiting(Watched(coroutine, on_await))
        loop.set_task_factory(before)
        try:
            return loop.create_task(coroutine, **options)
        finally:
            loop.set_task_factory(make)

    loop.set_task_factory(make)
    try:
        return await Watched(coroutine, on_await)
    finally:
        loop.set_task_factory(before)


async def _awaiting(watched: Watched[T]) -> T:
    return await watched


async def _count_on_trio(
    coroutine: Coroutine[Any, Any, T], on_await: Callable[[], None], key: object
) -> T:
    # Imported where it runs anyway.
    from trio.abc import Instrument  # noqa: PLC0415
    from trio.lowlevel import Task, add_instrument, remove_instrument  # noqa: PLC0415

    class Counting(Instrument):
        def after_task_step(self, task: Task) -> None:
            if task.context.get(_counted) is key:
                on_await()

    counting = Counting()
    add_instrument(counting)
    try:
        return await coroutine
    finally:
        remove_instrument(counting)
