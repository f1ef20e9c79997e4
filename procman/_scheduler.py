"""Runs the jobs of a workflow once, each as soon as what it needs is so."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any

import anyio
from anyio.abc import TaskGroup
from anyio.lowlevel import checkpoint_if_cancelled

from procman._execution import Execution
from procman._graph import Graph
from procman._job_run import JobRun
from procman._service_run import ServiceRun
from procman._workers import Workers
from procman.context import Context
from procman.errors import ProcmanError
from procman.events import JobEnded, JobStarted
from procman.job import Edge, Job, ServiceJob
from procman.outcome import Limit, OnFailure, Outcome
from procman.run_errors import JobTimedOut
from procman.service import OnDeath

JobFunction = Callable[[Context], Awaitable[Any]]


class Scheduler:
    """
    The state of one run.

    Attributes:
        results: What each job that succeeded returned; a service that was started, itself.
        errors: What each job raised, or was ended by.
        was_cancelled: Whether a job was cancelled from outside.
        first_failed: The name of the job that failed first.
    """

    def __init__(
        self,
        jobs: Sequence[Job[Any]],
        functions: Mapping[Job[Any], JobFunction],
        execution: Execution,
        *,
        on_failure: OnFailure,
        concurrency: int | None,
    ) -> None:
        self.results: dict[Job[Any], Any] = {}
        self.errors: dict[Job[Any], BaseException] = {}
        self.was_cancelled = False
        self.first_failed: str | None = None
        self._jobs = jobs
        self._functions = functions
        self._execution = execution
        self._on_failure = on_failure
        self._concurrency = concurrency
        self._graph = Graph(jobs)
        self._running: dict[str, JobRun] = {}
        self._services: dict[str, ServiceRun] = {}
        self._outcomes: dict[str, Outcome] = {}
        self._tasks: TaskGroup
        self._workers: Workers

    async def run(self) -> None:
        """Run all of them; returns when the last has ended, whatever came of it."""
        async with anyio.create_task_group() as self._tasks:
            self._workers = Workers(self._tasks, self._concurrency, self._may_run, self._run_job)
            self._start()

    def skip_rest(self) -> None:
        """Give every job that never had its turn the run's reason."""
        self._skip(self._jobs, self._execution.reason)

    def _start(self) -> None:
        """Start what has come to be startable."""
        startable = self._graph.startable
        if not startable:
            return
        while startable:
            job = startable.popleft()
            if isinstance(job, ServiceJob):
                self._tasks.start_soon(self._run_service, job)
            else:
                self._workers.add(job)
        self._workers.call()

    def _may_run(self, job: Job[Any]) -> bool:
        """Whether *job* was not skipped while it waited for its turn."""
        return job.name not in self._outcomes and self._execution.stopped_by is None

    async def _run_job(self, job: Job[Any], scope: anyio.CancelScope) -> None:
        execution = self._execution
        run = self._running[job.name] = JobRun(execution, job, self.results, scope)
        execution.emit(JobStarted(execution.now(), job.name))
        self._reach(job, Edge.STARTED)
        try:
            result = await self._functions[job](Context(run))
        except anyio.get_cancelled_exc_class():
            self._end_cancelled(run)
            raise
        except BaseException as error:  # noqa: BLE001 - recorded for what it is
            if not isinstance(error, Exception):
                # SystemExit and KeyboardInterrupt are for the whole program.
                execution.stop(error)
            self._end(job, _outcome_of(error), _cause_of(error), error)
        else:
            self.results[job] = result
            self._end(job, Outcome.SUCCEEDED, "")

    def _end_cancelled(self, run: JobRun) -> None:
        if run.service_lost is not None:
            self._end(run.job, Outcome.CANCELLED, run.service_lost)
        elif (timed_out := run.timed_out()) is not None:
            self._end(run.job, Outcome.TIMED_OUT, str(timed_out), timed_out)
        else:
            self._end_stopped(run.job)

    def _end_stopped(self, job: Job[Any]) -> None:
        """The run is stopped, or what is around it is cancelled."""
        if not self.was_cancelled:
            self.was_cancelled = True
            self.skip_rest()
        limit, reason = self._execution.stopped_by, self._execution.reason
        if isinstance(limit, Limit):
            self._end(job, Outcome.TIMED_OUT, reason, JobTimedOut(job.name, limit))
        else:
            self._end(job, Outcome.CANCELLED, reason)

    async def _run_service(self, job: ServiceJob) -> None:
        await checkpoint_if_cancelled()
        if not self._may_run(job):
            return
        execution = self._execution
        running = self._services[job.name] = ServiceRun(job, execution)
        self.results[job] = running.service
        execution.emit(JobStarted(execution.now(), job.name))
        try:
            await running.run(lambda edge: self._reach(job, edge), self.skip_rest)
        except anyio.get_cancelled_exc_class():
            self._end_stopped(job)
            raise
        except Exception as error:  # noqa: BLE001 - recorded for what it is
            is_told = running.was_ready and job.service.on_death is OnDeath.TELL
            self._end(job, Outcome.FAILED, _cause_of(error), None if is_told else error)
        else:
            self._end(job, *self._end_of(job, running))

    def _end_of(self, job: ServiceJob, running: ServiceRun) -> tuple[Outcome, str]:
        """What became of a service that was stopped because nobody needed it any more."""
        if running.lost is not None:
            return Outcome.CANCELLED, running.lost
        users = self._graph.users(job)
        if running.was_ready or any(self._has_begun(user) for user in users):
            return Outcome.SUCCEEDED, ""
        return Outcome.CANCELLED, UNUSED

    def _reach(self, job: Job[Any], edge: Edge) -> None:
        if self._graph.reached(job, edge):
            self._start()

    def _end(
        self, job: Job[Any], outcome: Outcome, cause: str, error: BaseException | None = None
    ) -> None:
        """*job* has ended so; *error* is given if that is a failure of the run."""
        self._running.pop(job.name, None)
        self._close(job, outcome, cause)
        if error is not None:
            self._fail(job, error)
        self._start()

    def _fail(self, job: Job[Any], error: BaseException) -> None:
        self.errors[job] = error
        if isinstance(job, ServiceJob) and job.service.on_death is OnDeath.CANCEL:
            cause = error.cause if isinstance(error, ProcmanError) else _cause_of(error)
            self._lose(job, cause, f"job {job.name} failed")
        if self.first_failed is None:
            self.first_failed = job.name
            if self._on_failure is OnFailure.FINISH:
                others = [other for other in self._jobs if not _cleans_up(other)]
                self._skip(others, f"nothing new starts after job {job.name} failed")

    def _close(self, job: Job[Any], outcome: Outcome, cause: str) -> None:
        """Tell of the end of *job*, and of those that cannot start now."""
        followers = self._close_one(job, outcome, cause)
        while followers:
            skipped = [self._close_one(other, Outcome.SKIPPED, why) for other, why in followers]
            followers = [each for more in skipped for each in more]

    def _close_one(
        self, job: Job[Any], outcome: Outcome, cause: str
    ) -> Sequence[tuple[Job[Any], str]]:
        """Tell of the end of *job*; which are to be skipped now, and why."""
        if job.name in self._outcomes:
            return ()
        self._outcomes[job.name] = outcome
        self._execution.emit(JobEnded(self._execution.now(), job.name, outcome, cause))
        followers: list[tuple[Job[Any], str]] = []
        if doomed := self._graph.ended(job, outcome):
            why = f"job {job.name} {outcome.past}"
            followers += ((other, why) for other in doomed if other.name not in self._outcomes)
        for service in self._graph.released(job):
            if service.name in self._services:
                self._services[service.name].stop()
            else:
                followers.append((service, UNUSED))
        return followers

    def _lose(self, service: Job[Any], cause: str, why_skipped: str) -> None:
        """End those who need *service* to run, also through other services."""
        for user in self._graph.users(service):
            if user.name in self._outcomes:
                continue
            if user.name in self._running:
                self._running[user.name].lose(cause)
            elif user.name in self._services:
                self._services[user.name].lost = cause
                self._lose(user, cause, why_skipped)
            else:
                self._close(user, Outcome.SKIPPED, why_skipped)

    def _skip(self, jobs: Iterable[Job[Any]], reason: str) -> None:
        for job in jobs:
            if not self._has_begun(job):
                self._close(job, Outcome.SKIPPED, reason)

    def _has_begun(self, job: Job[Any]) -> bool:
        if job.name in self._outcomes:
            return self._outcomes[job.name] is not Outcome.SKIPPED
        return job.name in self._running or job.name in self._services


UNUSED = "nothing that needs it runs"


def _cleans_up(job: Job[Any]) -> bool:
    """Whether *job* may start after a failure; a service goes with those who need it."""
    return isinstance(job, ServiceJob) or any(need.edge is Edge.FINISHED for need in job.needs)


def _outcome_of(error: BaseException) -> Outcome:
    return error.outcome if isinstance(error, ProcmanError) else Outcome.FAILED


def _cause_of(error: BaseException) -> str:
    if isinstance(error, ProcmanError):
        return str(error).partition("\n")[0]
    return f"{type(error).__name__}: {error}"
