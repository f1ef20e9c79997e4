"""What time it is in a world: it may run faster than ours, and may be moved forward."""

from __future__ import annotations

import time

from provision.local.world.hints import TYPE_CHECKING, Protocol
from provision.local.world.record import Record

if TYPE_CHECKING:
    from contextlib import AbstractContextManager


NAP = 0.05
"""Seconds that anybody sleeps at a time."""


class Settings(Protocol):
    """Where a clock keeps its reading, so that every process agrees on it."""

    def setting(self, name: str) -> str:
        """Return the value stored under *name*."""

    def set_setting(self, name: str, value: str) -> None:
        """Store *value* under *name*."""

    def transaction(self) -> AbstractContextManager[None]:
        """Keep other processes out for as long as the block lasts."""


class _Reading(Record):
    ours: int
    world: int
    speed: float

    def at(self, ours: int) -> int:
        return self.world + int((ours - self.ours) * self.speed)


class Clock:
    """
    A world's time, in milliseconds since 1970.

    Args:
        settings: The world that keeps the reading.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def now(self) -> int:
        """Return the world's time in milliseconds."""
        return self._reading().at(_ours())

    def advance(self, seconds: float) -> None:
        """Move the world forward by *seconds* for every process; leases expire, machines settle."""
        with self._settings.transaction():
            reading = self._reading()
            self._store(reading._replace(world=reading.world + int(seconds * 1000)))

    def run_at(self, speed: float) -> None:
        """
        Let a second of ours be *speed* seconds of the world, for every process.

        At 0 its time stands still, and leaps for whoever waits.
        """
        with self._settings.transaction():
            ours = _ours()
            self._store(_Reading(ours, self._reading().at(ours), speed))

    def leaping(self) -> Leaping:
        """
        Have nobody wait for as long as the block lasts: time stands still, and leaps for who does.

        What is done then takes as long as it would, whatever the machine.
        """
        return Leaping(self, self._reading().speed)

    def sleep(self, seconds: float) -> None:
        """Wait until *seconds* of the world have passed."""
        sleep(self.ours(seconds))

    def ours(self, seconds: float) -> float:
        """Return how many seconds of ours *seconds* of the world take, from now on."""
        speed = self._reading().speed
        if speed:
            return max(0.0, seconds) / speed
        self.advance(max(0.0, seconds))
        return 0.0

    def _reading(self) -> _Reading:
        ours, world, speed = self._settings.setting("clock").split()
        return _Reading(int(ours), int(world), float(speed))

    def _store(self, reading: _Reading) -> None:
        self._settings.set_setting("clock", " ".join(map(str, reading)))


def sleep(seconds: float) -> None:
    """
    Wait for *seconds* of ours.

    In naps: a signal that comes when one is about to begin is heeded only when it ends.
    """
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        time.sleep(min(left, NAP))


def first_reading() -> str:
    """Return the reading of a clock that agrees with ours."""
    return f"{_ours()} {_ours()} 1.0"


def rfc3339(milliseconds: int) -> str:
    """Return *milliseconds* as Fly writes times: UTC, with thousandths, ``Z`` at the end."""
    seconds, thousandths = divmod(milliseconds, 1000)
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(seconds))}.{thousandths:03d}Z"


class Leaping:
    """A block in which a clock leaps; see `Clock.leaping`."""

    def __init__(self, clock: Clock, speed: float) -> None:
        self._clock = clock
        self._speed = speed

    def __enter__(self) -> None:
        self._clock.run_at(0.0)

    def __exit__(self, *_: object) -> None:
        self._clock.run_at(self._speed)


def _ours() -> int:
    return time.time_ns() // 1_000_000
