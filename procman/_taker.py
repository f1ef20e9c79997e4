"""A hook that has a method for each class of events."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from procman.events import (
    AttemptEnded,
    AttemptStarted,
    Event,
    JobEnded,
    JobLogged,
    JobStarted,
    RunEnded,
    RunStarted,
    ServiceEnded,
    ServiceReady,
    ServiceStarted,
    StepEnded,
    StepStarted,
)


class Taker:
    """Takes in each event by its method; what a command prints, by none."""

    def __init__(self) -> None:
        self._takers: dict[type[Any], Callable[[Any], None]] = {
            RunStarted: self._start_run,
            RunEnded: self._end_run,
            JobStarted: self._start_job,
            JobEnded: self._end_job,
            JobLogged: self._log,
            StepStarted: self._start_step,
            StepEnded: self._end_step,
            AttemptStarted: self._start_attempt,
            AttemptEnded: self._end_attempt,
            ServiceStarted: self._start_service,
            ServiceReady: self._ready_service,
            ServiceEnded: self._end_service,
        }

    def __call__(self, event: Event) -> None:
        """Take it in."""
        take = self._takers.get(type(event))
        if take is not None:
            take(event)

    def _start_run(self, event: RunStarted) -> None: ...

    def _end_run(self, event: RunEnded) -> None: ...

    def _start_job(self, event: JobStarted) -> None: ...

    def _end_job(self, event: JobEnded) -> None: ...

    def _log(self, event: JobLogged) -> None: ...

    def _start_step(self, event: StepStarted) -> None: ...

    def _end_step(self, event: StepEnded) -> None: ...

    def _start_attempt(self, event: AttemptStarted) -> None: ...

    def _end_attempt(self, event: AttemptEnded) -> None: ...

    def _start_service(self, event: ServiceStarted) -> None: ...

    def _ready_service(self, event: ServiceReady) -> None: ...

    def _end_service(self, event: ServiceEnded) -> None: ...
