"""Takes the figures of a comparison: everybody in turn, again and again."""

from __future__ import annotations

import random
from collections.abc import Iterator
from statistics import median

from attrs import field, frozen

from benchmarks.comparison import Comparison, Measure, Missing


@frozen
class Row:
    """
    One line of the table.

    Attributes:
        comparison: What was measured.
        ours: The median of our figures.
        against: The name of the peer; None for the line of our own figure.
        theirs: The median of the peer's figures.
        ratio: The median of the ratios of the pairs taken in one round; of our own figure, it.
        spread: The lowest and the highest of them.
        goal: What the ratio is held to; None if it is held to nothing.
        missing: Why there is no figure of the peer.
    """

    comparison: Comparison
    ours: float
    against: str | None
    theirs: float | None
    ratio: float | None
    spread: tuple[float, float] | None
    goal: float | None
    missing: str = ""

    @property
    def falls_short(self) -> bool:
        """Whether the goal is missed; what could not be measured does not count."""
        return self.ratio is not None and self.goal is not None and self.ratio > self.goal


@frozen
class _Figures:
    """Of one who was measured: a figure a round, or why there is none."""

    measure: Measure
    taken: list[float] = field(factory=list)
    missing: list[str] = field(factory=list)

    def take(self) -> None:
        if self.missing:
            return
        try:
            self.taken.append(self.measure())
        except Missing as error:
            self.missing.append(str(error))


def measured(comparison: Comparison, rounds: int | None = None) -> Iterator[Row]:
    """The rows of *comparison*, after as many rounds as it wants if *rounds* is None."""
    ours = _Figures(comparison.ours)
    theirs = [_Figures(peer.measure) for peer in comparison.peers]
    order = [ours, *theirs]
    for _ in range(rounds or comparison.rounds):
        # Whoever comes first has the caches cold, and the neighbours of this machine change.
        random.shuffle(order)
        for figures in order:
            figures.take()
    if ours.missing:
        raise Missing(f"{comparison.name}: {ours.missing[0]}")
    own = median(ours.taken)
    if comparison.goal is not None:
        spread = (min(ours.taken), max(ours.taken))
        yield Row(comparison, own, None, None, own, spread, comparison.goal)
    for peer, figures in zip(comparison.peers, theirs, strict=True):
        if figures.missing:
            missing = figures.missing[0]
            yield Row(comparison, own, peer.name, None, None, None, peer.goal, missing)
            continue
        ratios = [a / b for a, b in zip(ours.taken, figures.taken, strict=True)]
        spread = (min(ratios), max(ratios))
        median_ratio = median(ratios)
        yield Row(
            comparison, own, peer.name, median(figures.taken), median_ratio, spread, peer.goal
        )
