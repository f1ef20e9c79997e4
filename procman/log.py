"""The events of a run as log lines, by structlog."""

from __future__ import annotations

from typing import Any

from attrs import asdict

from procman.events import (
    AttemptEnded,
    Event,
    JobEnded,
    JobLogged,
    OutputItem,
    OutputLines,
    RunEnded,
    ServiceEnded,
    ServiceReady,
    StepEnded,
)
from procman.outcome import Outcome

_NAMES = {
    "RunStarted": "run.started",
    "RunEnded": "run.ended",
    "JobStarted": "job.started",
    "JobEnded": "job.ended",
    "StepStarted": "step.started",
    "StepEnded": "step.ended",
    "AttemptStarted": "attempt.started",
    "AttemptEnded": "attempt.ended",
    "ServiceStarted": "service.started",
    "ServiceReady": "service.ready",
    "ServiceEnded": "service.ended",
}


class LogHook:
    """
    A hook that logs every event, its name dotted and stable, its values apart from the text.

    What ended badly is an error, what is tried again a warning, ends of jobs and runs and what
    jobs say are info, everything else is debug.
    """

    def __init__(self, logger: Any = None) -> None:
        # structlog brings asyncio and rich: loaded by who wants a log, not by `import procman`.
        import structlog  # noqa: PLC0415

        self._logger = structlog.get_logger("procman") if logger is None else logger

    def __call__(self, event: Event) -> None:
        """Log it."""
        match event:
            case JobLogged():
                self._logger.info(event.message, job=event.job, **event.fields)
            case OutputItem():
                self._logger.debug(
                    "procman.item", job=event.job, step=event.step, value=event.value
                )
            case OutputLines():
                for line in event.lines:
                    self._logger.debug(line, job=event.job, step=event.step, stream=event.stream)
            case _:
                name = f"procman.{_NAMES[type(event).__name__]}"
                getattr(self._logger, _level(event))(name, **_values(event))


def _level(event: Event) -> str:
    match event:
        case AttemptEnded(retry_in=delay) if delay is not None:
            return "warning"
        case ServiceEnded(outcome=outcome, restart_in=delay) if outcome is not Outcome.SUCCEEDED:
            return "error" if delay is None else "warning"
        case ServiceReady():
            return "info"
        case RunEnded(outcome=outcome) | JobEnded(outcome=outcome):
            return "info" if outcome in (Outcome.SUCCEEDED, Outcome.SKIPPED) else "error"
        case StepEnded(outcome=outcome) if outcome is not Outcome.SUCCEEDED:
            return "error"
        case _:
            return "debug"


def _values(event: Event) -> dict[str, Any]:
    values = asdict(event, recurse=False)
    for name in ("output", "jobs"):
        values.pop(name, None)
    if "outcome" in values:
        values["outcome"] = values["outcome"].value
    return {name: value for name, value in values.items() if value not in (None, "")}
