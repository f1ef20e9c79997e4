"""All comparisons there are."""

from __future__ import annotations

from benchmarks import importing, spawning
from benchmarks.comparison import Comparison

COMPARISONS: tuple[Comparison, ...] = (
    *spawning.COMPARISONS,
    *importing.COMPARISONS,
)
