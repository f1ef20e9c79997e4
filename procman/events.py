"""What happens during a run, an event a class, and the hooks that are told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from attrs import field, frozen

from procman.outcome import Outcome
from procman.records import OutputSummary, strings


def _pairs(jobs: Any) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((name, tuple(needs)) for name, needs in jobs)


def _outcome(value: Outcome | str) -> Outcome:
    return value if isinstance(value, Outcome) else Outcome(value)


def _summary(value: OutputSummary | Mapping[str, Any] | None) -> OutputSummary | None:
    return OutputSummary(**value) if isinstance(value, Mapping) else value


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
    jobs: tuple[tuple[str, tuple[str, ...]], ...] = field(converter=_pairs)


@frozen
class RunEnded:
    """
    A workflow ended; the last event of every run that was not killed.

    Attributes:
        cause: Why it did not succeed; "" if it did.
        signal: The name of the signal that stopped it; None if none did.
    """

    at: float
    outcome: Outcome = field(converter=_outcome)
    cause: str = ""
    signal: str | None = None


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
    outcome: Outcome = field(converter=_outcome)
    cause: str = ""


@frozen
class JobLogged:
    """A job has something to say; *fields* are values to be kept apart from the text."""

    at: float
    job: str
    message: str
    fields: Mapping[str, str]


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
class AttemptStarted:
    """A step's command is about to be started."""

    at: float
    job: str
    step: str
    id: int
    number: int
    command: str


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
    outcome: Outcome = field(converter=_outcome)
    cause: str = ""
    output: OutputSummary | None = field(default=None, converter=_summary)
    retry_in: float | None = None


@frozen
class StepEnded:
    """A step ended, with all its attempts."""

    at: float
    job: str
    step: str
    id: int
    outcome: Outcome = field(converter=_outcome)
    cause: str = ""


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
    outcome: Outcome = field(converter=_outcome)
    cause: str = ""
    output: OutputSummary | None = field(default=None, converter=_summary)
    restart_in: float | None = None


Event = (
    RunStarted
    | RunEnded
    | JobStarted
    | JobEnded
    | JobLogged
    | StepStarted
    | AttemptStarted
    | OutputLines
    | OutputItem
    | AttemptEnded
    | StepEnded
    | ServiceStarted
    | ServiceReady
    | ServiceEnded
)
"""Any of them."""

Hook = Callable[[Event], None]
"""Is told of every event of a run, in order, one at a time; quick, and never raises: a hook
that does raise stops the run."""
