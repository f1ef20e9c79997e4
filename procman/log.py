"""The events of a run as log lines, by structlog."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from attrs import asdict

from procman.events import (
    AttemptEnded,
    Event,
    JobEnded,
    JobLogged,
    OutputLines,
    RunEnded,
    ServiceEnded,
    ServiceReady,
    StepEnded,
)
from procman.outcome import Outcome

OWN = frozenset({"event", "job"})
"""Names that a log line of a job has itself."""


class LogHook:
    """
    A hook that logs every event, its name dotted and stable, its values apart from the text.

    What ended badly is an error, what is tried again a warning, ends of jobs and runs and what
    jobs say are info, everything else is debug.

    Args:
        logger: One of structlog; that of the name ``procman`` if None.
    """

    def __init__(self, logger: Any = None) -> None:
        # structlog brings asyncio and rich: loaded by who wants a log, not by `import procman`.
        import structlog  # noqa: PLC0415

        self._logger = structlog.get_logger("procman") if logger is None else logger

    def __call__(self, event: Event) -> None:
        """Log it."""
        match event:
            case JobLogged():
                fields = {f"{n}_" if n in OWN else n: v for n, v in event.fields.items()}
                self._logger.info(event.message, job=event.job, **fields)
            case OutputLines():
                for line in event.lines:
                    self._logger.debug(line, job=event.job, step=event.step, stream=event.stream)
            case _:
                getattr(self._logger, _level(event))(_name(type(event).__name__), **_values(event))


@cache
def _name(event: str) -> str:
    """``procman.step.started`` of ``StepStarted``."""
    return "procman." + ".".join(re.findall(r"[A-Z][a-z]+", event)).lower()


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
