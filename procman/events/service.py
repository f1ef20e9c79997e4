"""A service: each of its starts, from beginning to end."""

from __future__ import annotations

from attrs import field, frozen

from procman.events._reading import as_outcome, as_summary
from procman.outcome import Outcome
from procman.records import OutputSummary


@frozen
class ServiceStarted:
    """
    A service was started, for the first time or again.

    Attributes:
        number: Counted from 1; the service's other events carry it.
        command: What was run, as one would type it.
    """

    at: float
    job: str
    service: str
    id: int
    number: int
    pid: int
    command: str


@frozen
class ServiceReady:
    """A service is ready; told at most once for each start."""

    at: float
    job: str
    service: str
    id: int
    number: int


@frozen
class ServiceEnded:
    """
    A service ended; each start ends exactly once.

    Attributes:
        outcome: ``succeeded`` if it was stopped by us or exited with 0.
        restart_in: Seconds until it is started again; None if it is not.
    """

    at: float
    job: str
    service: str
    id: int
    number: int
    outcome: Outcome = field(converter=as_outcome)
    cause: str = ""
    output: OutputSummary | None = field(default=None, converter=as_summary)
    restart_in: float | None = None
