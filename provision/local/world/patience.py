"""What takes time in a world, written once for programs that sleep and for servers that do not."""

from __future__ import annotations

from collections.abc import Callable, Generator

from provision.local.world.hints import TypeAlias, TypeVar

T = TypeVar("T")

Patient: TypeAlias = Generator[float, None, T]
"""
Something that is done step by step.

It yields how many seconds of the world shall pass before its next step, and returns its result.
Whoever drives it lets them pass: by sleeping, or by doing something else meanwhile.
"""


def at_once(effect: Callable[[], T]) -> Patient[T]:
    """Do *effect*, which takes no time."""
    return effect()
    yield 0.0


def sleeping(steps: Patient[T], sleep: Callable[[float], None]) -> T:
    """Return the result of *steps*, waiting with *sleep* where they ask for it."""
    try:
        while True:
            try:
                seconds = next(steps)
            except StopIteration as ended:
                result: T = ended.value
                return result
            sleep(seconds)
    finally:
        steps.close()
