"""Values of events as they are again when they were read from JSON, where no types are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from procman.outcome import Outcome
from procman.records import OutputSummary


def as_edges(jobs: Iterable[tuple[str, Iterable[str]]]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Each job with the names of those it needs."""
    return tuple((name, tuple(needs)) for name, needs in jobs)


def as_outcome(value: Outcome | str) -> Outcome:
    """An outcome, or the one of that name."""
    return value if isinstance(value, Outcome) else Outcome(value)


def as_summary(value: OutputSummary | Mapping[str, Any] | None) -> OutputSummary | None:
    """A summary, or the one that has these fields."""
    return OutputSummary(**value) if isinstance(value, Mapping) else value
