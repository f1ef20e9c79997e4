"""All comparisons there are."""

from __future__ import annotations

from benchmarks import importing, local_fly, spawning, streaming, workflows
from benchmarks.comparison import Comparison

COMPARISONS: tuple[Comparison, ...] = (
    *spawning.COMPARISONS,
    *workflows.COMPARISONS,
    *streaming.COMPARISONS,
    *importing.COMPARISONS,
    *local_fly.COMPARISONS,
)
