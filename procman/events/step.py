"""A step: its beginning and its end, those of each attempt, and what an attempt prints."""

from __future__ import annotations

from typing import Any

from attrs import field, frozen

from procman.events._reading import as_outcome, as_summary
from procman.outcome import Outcome
from procman.records import OutputSummary, strings


@frozen
class StepStarted:
    """
    A step begins.

    Attributes:
        id: Unique within the run; the step's other events carry it.
        diagnoses: The id of the step this one is to explain; None for an ordinary one.
    """

    at: float
    job: str
    step: str
    id: int
    diagnoses: int | None = None


@frozen
class StepEnded:
    """A step ended, with all its attempts."""

    at: float
    job: str
    step: str
    id: int
    outcome: Outcome = field(converter=as_outcome)
    cause: str = ""


@frozen
class AttemptStarted:
    """A step's command is about to be started."""

    at: float
    job: str
    step: str
    id: int
    number: int
    command: str


@frozen
class AttemptEnded:
    """
    An attempt ended; each one that started ends exactly once.

    Attributes:
        output: None if the command was never started.
        retry_in: Seconds until the next attempt; None if there is none.
    """

    at: float
    job: str
    step: str
    id: int
    number: int
    outcome: Outcome = field(converter=as_outcome)
    cause: str = ""
    output: OutputSummary | None = field(default=None, converter=as_summary)
    retry_in: float | None = None


@frozen
class OutputLines:
    """
    A command printed something; only told of steps that are `live`.

    Attributes:
        stream: ``stdout`` or ``stderr``.
        lines: Whole lines, redacted, without their line ends.
        cut: Whether the last line was longer than is shown.
    """

    at: float
    job: str
    step: str
    id: int
    stream: str
    lines: tuple[str, ...] = field(converter=strings)
    cut: bool = False


@frozen
class OutputItem:
    """
    A command printed a JSON value; only told of steps that print `json_lines`.

    Attributes:
        number: Of the line, counted from 1.
        value: As `json.loads` gives it; secrets in it are redacted.
    """

    at: float
    job: str
    step: str
    id: int
    number: int
    value: Any
