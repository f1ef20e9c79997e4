"""What is measured, against what, and how much of it is allowed."""

from __future__ import annotations

import enum
from collections.abc import Callable

from attrs import frozen

Measure = Callable[[], float]
"""Does something once and returns what it took, in the unit of its comparison."""


class Missing(Exception):
    """Raised by a `Measure` that cannot be taken on this machine; says what there is none of."""


class Unit(enum.Enum):
    """What a figure counts."""

    SECONDS = "s"
    MICROSECONDS = "µs"
    MEBIBYTES = "MiB"
    BYTES = "B"

    def shown(self, figure: float) -> str:
        """*figure* for a person, three digits of it."""
        scale, unit = 1.0, self.value
        if self is Unit.SECONDS and figure < 1:
            scale, unit = 1000.0, "ms"
        return f"{figure * scale:.3g} {unit}"


@frozen
class Against:
    """
    A peer that does the same.

    Attributes:
        name: Of the peer, as the table shows it.
        measure: Takes its figure.
        goal: The most that ours may be, as a share of it; None if it is shown for scale alone.
    """

    name: str
    measure: Measure
    goal: float | None


@frozen
class Comparison:
    """
    One subject: a row of the table for each peer.

    Attributes:
        name: By which it is chosen on the command line, e.g. ``spawn-8``.
        what: What is done, in words.
        ours: Takes our figure.
        unit: Of all its figures.
        peers: Who else does it.
        goal: The most that our own figure may be; None where only ratios count.
        rounds: How often everybody has a turn, one after another.
    """

    name: str
    what: str
    ours: Measure
    unit: Unit = Unit.SECONDS
    peers: tuple[Against, ...] = ()
    goal: float | None = None
    rounds: int = 7
