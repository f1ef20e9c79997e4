"""Runs the jobs of a workflow once, each as soon as what it needs is done."""

from __future__ import annotations

import enum
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from graphlib import TopologicalSorter
from typing import Any

import anyio
from anyio.abc import TaskGroup
from anyio.lowlevel import checkpoint

from procman._execution import Execution
from procman.context import Context
from procman.errors import ProcmanError
from procman.events import JobEnded, JobStarted
from procman.job import Job
from procman.outcome import Limit, Outcome

JobFunction = Callable[[Context], Awaitable[Any]]

BREATH = 64
"""Jobs a worker runs before the rest of the program gets a turn, should none of them wait."""


class OnFailure(enum.Enum):
    """What a failed job does to those that do not need it; running ones always finish."""

    FINISH = "finish"
    """Nothing new starts."""

    CONTINUE = "continue"
    """They go on."""


class Scheduler:
    """
    The state of one run.

    Attributes:
        results: What each job that succeeded returned.
        errors: What each job that did not succeed raised; skipped ones raised nothing.
        was_cancelled: Whether a job was cancelled from outside.
    """

    def __init__(
        self,
        functions: Mapping[Job[Any], JobFunction],
        execution: Execution,
        *,
        on_failure: OnFailure,
        concurrency: int | None,
    ) -> None:
        self.results: dict[Job[Any], Any] = {}
        self.errors: dict[Job[Any], BaseException] = {}
        self.was_cancelled = False
        self._functions = functions
        self._execution = execution
        self._on_failure = on_failure
        self._concurrency = concurrency
        self._by_name = {job.name: job for job in functions}
        self._sorter = TopologicalSorter({job.name: job.needed for job in functions})
        self._sorter.prepare()
        self._ready: deque[Job[Any]] = deque()
        self._outcomes: dict[str, Outcome] = {}
        self._first_failed: str | None = None
        self._workers = 0
        self._is_worker_coming = False
        self._tasks: TaskGroup

    async def run(self) -> None:
        """Run all of them; returns when the last has ended, whatever came of it."""
        self._find_ready()
        async with anyio.create_task_group() as self._tasks:
            self._call_worker()

    def skip_rest(self) -> None:
        """Give every job that never had its turn the run's reason."""
        for name in self._by_name:
            if name not in self._outcomes:
                self._skip(name, self._execution.reason)

    @property
    def first_failed(self) -> str | None:
        """The name of the job that failed first."""
        return self._first_failed

    def _find_ready(self) -> None:
        self._ready.extend(self._by_name[name] for name in self._sorter.get_ready())

    def _call_worker(self) -> None:
        """One more worker if there is work for it; it will call the next itself."""
        is_full = self._concurrency is not None and self._workers >= self._concurrency
        if self._ready and not self._is_worker_coming and not is_full:
            self._is_worker_coming = True
            self._workers += 1
            self._tasks.start_soon(self._work)

    async def _work(self) -> None:
        self._is_worker_coming = False
        done = 0
        while (job := self._next()) is not None:
            self._call_worker()
            await self._run_job(job)
            done += 1
            if done % BREATH == 0:
                await checkpoint()
        self._workers -= 1

    def _next(self) -> Job[Any] | None:
        """The next job to run; those that need not run any more are skipped on the way."""
        while self._ready:
            job = self._ready.popleft()
            reason = self._reason_to_skip(job)
            if reason is None:
                return job
            self._skip(job.name, reason)
            self._sorter.done(job.name)
            self._find_ready()
        return None

    def _reason_to_skip(self, job: Job[Any]) -> str | None:
        if self._first_failed is None:
            return None
        for need in job.needed:
            if (outcome := self._outcomes[need]) is not Outcome.SUCCEEDED:
                return f"job {need} {_past(outcome)}"
        if self._on_failure is OnFailure.FINISH:
            return f"nothing new starts after job {self._first_failed} failed"
        return None

    def _skip(self, name: str, reason: str) -> None:
        self._outcomes[name] = Outcome.SKIPPED
        self._execution.emit(JobEnded(self._execution.now(), name, Outcome.SKIPPED, reason))

    async def _run_job(self, job: Job[Any]) -> None:
        execution = self._execution
        execution.emit(JobStarted(execution.now(), job.name))
        context = Context(execution, job, self.results)
        try:
            self.results[job] = await context.bounded(self._functions[job])
        except anyio.get_cancelled_exc_class() as error:
            self._end(job, error, self._stopped_outcome(), execution.reason)
            raise
        except BaseException as error:  # noqa: BLE001 - recorded for what it is
            self._end(job, error, _outcome_of(error), _cause_of(error))
            if not isinstance(error, Exception):
                # SystemExit and KeyboardInterrupt are for the whole program.
                execution.stop(error)
        else:
            self._end(job, None, Outcome.SUCCEEDED, "")

    def _end(
        self, job: Job[Any], error: BaseException | None, outcome: Outcome, cause: str
    ) -> None:
        if error is not None:
            self.errors[job] = error
            self._first_failed = self._first_failed or job.name
        self.was_cancelled = self.was_cancelled or outcome is Outcome.CANCELLED
        self._outcomes[job.name] = outcome
        self._execution.emit(JobEnded(self._execution.now(), job.name, outcome, cause))
        self._sorter.done(job.name)
        self._find_ready()

    def _stopped_outcome(self) -> Outcome:
        is_limit = isinstance(self._execution.stopped_by, Limit)
        return Outcome.TIMED_OUT if is_limit else Outcome.CANCELLED


def _outcome_of(error: BaseException) -> Outcome:
    return error.outcome if isinstance(error, ProcmanError) else Outcome.FAILED


def _cause_of(error: BaseException) -> str:
    if isinstance(error, ProcmanError):
        return str(error).partition("\n")[0]
    return f"{type(error).__name__}: {error}"


def _past(outcome: Outcome) -> str:
    return {
        Outcome.FAILED: "failed",
        Outcome.TIMED_OUT: "timed out",
        Outcome.CANCELLED: "was cancelled",
        Outcome.SKIPPED: "was skipped",
    }[outcome]
