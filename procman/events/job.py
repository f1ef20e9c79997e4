"""A job: its beginning, its end, and what it says between them."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import field, frozen

from procman.events._reading import as_outcome
from procman.outcome import Outcome


@frozen
class JobStarted:
    """A job begins."""

    at: float
    job: str


@frozen
class JobEnded:
    """A job ended; a skipped one ends without having started."""

    at: float
    job: str
    outcome: Outcome = field(converter=as_outcome)
    cause: str = ""


@frozen
class JobLogged:
    """A job has something to say; *fields* are values to be kept apart from the text."""

    at: float
    job: str
    message: str
    fields: Mapping[str, str]
