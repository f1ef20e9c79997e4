"""One job while it runs, and what may end it before it is done."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import anyio

from procman._execution import Execution
from procman.job import Job
from procman.outcome import Limit, LimitName
from procman.run_errors import JobTimedOut

GRAINS = 1000
"""In how many parts a limit is divided: by one of them at most a job is ended late."""


class JobRun:
    """
    *job* in one run, in a scope of its own whose deadline is the job's limit.

    Attributes:
        execution: The run.
        job: The job.
        results: Those of all jobs so far.
        service_lost: Why it was cancelled, if a service that it needs has failed.
    """

    __slots__ = ("_scope", "execution", "job", "results", "service_lost")

    def __init__(
        self,
        execution: Execution,
        job: Job[Any],
        results: Mapping[Job[Any], Any],
        scope: anyio.CancelScope,
    ) -> None:
        self.execution = execution
        self.job = job
        self.results = results
        self.service_lost: str | None = None
        self._scope = scope
        deadline = math.inf if job.timeout is None else _deadline(job.timeout)
        if scope.deadline != deadline:
            scope.deadline = deadline

    def lose(self, reason: str) -> None:
        """Cancel the job: a service that it needs has failed."""
        self.service_lost = reason
        self._scope.cancel()

    def timed_out(self) -> JobTimedOut | None:
        """What the job is ended by, if that is its own limit."""
        timeout = self.job.timeout
        if timeout is None or not self._scope.cancel_called:
            return None
        return JobTimedOut(self.job.name, Limit(LimitName.JOB, timeout))

    def why_cancelled(self) -> str:
        """In words."""
        if self.service_lost is not None:
            return self.service_lost
        if (timed_out := self.timed_out()) is not None:
            return f"{timed_out.limit} reached"
        return self.execution.reason


def _deadline(timeout: float) -> float:
    """
    When a job is to be ended that starts now, on the next whole grain.

    A scope serves many jobs one after another, and to move its deadline costs a fifth of a job
    that does nothing: those that start within a grain have the same.
    """
    deadline = anyio.current_time() + timeout
    if not 0 < timeout < math.inf:
        return deadline
    grain = timeout / GRAINS
    return math.ceil(deadline / grain) * grain
