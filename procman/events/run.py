"""The run itself: its beginning and its end."""

from __future__ import annotations

from attrs import field, frozen

from procman.events._reading import as_edges, as_outcome
from procman.outcome import Outcome


@frozen
class RunStarted:
    """
    A workflow begins; the first event of every run.

    Attributes:
        at: 0.0; all other events have their seconds after this one, by the monotonic clock.
        workflow: Its name.
        run_id: Unique.
        started_at: UTC, RFC 3339.
        jobs: Every job with the names of those it needs, as in `JobRecord.needs`.
    """

    at: float
    workflow: str
    run_id: str
    started_at: str
    jobs: tuple[tuple[str, tuple[str, ...]], ...] = field(converter=as_edges)


@frozen
class RunEnded:
    """
    A workflow ended; the last event of every run that was not killed.

    Attributes:
        cause: Why it did not succeed; "" if it did.
        signal: The name of the signal that stopped it; None if none did.
    """

    at: float
    outcome: Outcome = field(converter=as_outcome)
    cause: str = ""
    signal: str | None = None
