"""Jobs in the order of what they need."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from datetime import UTC, datetime
from signal import Signals
from typing import Any, TypeVar

import anyio

from procman._execution import Execution
from procman._problems import problems_of
from procman._requirements import unmet
from procman._scheduler import JobFunction, Scheduler
from procman.context import Context
from procman.events import Hook, RunEnded, RunStarted
from procman.interrupts import Interrupts, interrupts
from procman.job import Job, Need, ServiceJob
from procman.outcome import Limit, LimitName, OnFailure, Outcome
from procman.requirement import Requirement
from procman.run import Run, recorded_run
from procman.run_errors import InvalidWorkflow, RequirementsUnmet
from procman.service import Service
from procman.step import Step

T = TypeVar("T")

Needs = Iterable[Job[Any] | Need | str]
"""What a job needs; of a job alone, or its name, the usual: see `Need`."""


class Workflow:
    """
    A set of jobs, what each needs, and what a failure does to the others.

    Attributes:
        name: Of the workflow.
        on_failure: What a failed job does to those that do not need it.
        concurrency: How many jobs may run at once; None for all that can.
        resources: How many steps that name a resource may run at once, by its name; one of
            those that are not named here.
        timeout: Seconds all of it may take; None for as long as it likes.
        requires: The programs that must be there before anything runs; of a str its version is
            asked by ``--version``, see `Requirement`.
    """

    def __init__(
        self,
        name: str,
        *,
        requires: Iterable[Requirement | str] = (),
        on_failure: OnFailure = OnFailure.FINISH,
        concurrency: int | None = None,
        resources: Mapping[str, int] | None = None,
        timeout: float | None = None,
    ) -> None:
        self.name = name
        self.on_failure = on_failure
        self.concurrency = concurrency
        self.resources = dict(resources or {})
        self.timeout = timeout
        self.requires = tuple(
            Requirement.parsed(each) if isinstance(each, str) else each for each in requires
        )
        self._jobs: list[Job[Any]] = []
        self._functions: dict[Job[Any], JobFunction] = {}

    def job(
        self,
        function: Callable[[Context], Awaitable[T]],
        *,
        name: str | None = None,
        needs: Needs = (),
        timeout: float | None = None,
    ) -> Job[T]:
        """
        Add a job; nothing runs yet.

        Args:
            function: What it does; reads like the runbook and runs steps.
            name: Unique in the workflow; the function's own name if None.
            needs: What must be so before: ``saved`` (or ``saved.succeeded``), ``db.ready``,
                ``migrate.finished``, ``db.started``; a str names a job that is added later.
            timeout: Seconds it may take; None for as long as it likes.

        Returns:
            A handle by which others need it and read its result.
        """
        job: Job[T] = Job(name or _name_of(function), _needs(needs), timeout)
        self._jobs.append(job)
        self._functions[job] = function
        return job

    def service(
        self, service: Service, *, name: str | None = None, needs: Needs = ()
    ) -> ServiceJob:
        """
        Add a service as a job of its own; nothing runs yet.

        It is started when its needs are met, and stopped when all jobs that need it have ended:
        of services that need one another the needed one last. It counts for no `concurrency`.

        Args:
            service: What to keep running; its `on_death` says what its end does to jobs that
                need it.
            name: Unique in the workflow; the service's own name if None.
            needs: As of a job.

        Returns:
            A handle by which others need it, and get it while it runs.
        """
        job = ServiceJob(name or service.name, _needs(needs), service=service)
        self._jobs.append(job)
        return job

    @property
    def jobs(self) -> tuple[Job[Any], ...]:
        """In the order they were added."""
        return tuple(self._jobs)

    def check(self) -> None:
        """
        See that the jobs fit together; `run` does it first.

        Raises:
            InvalidWorkflow: two jobs have one name, a need is not there or can never be met,
                needs form a cycle, nothing needs a service.
        """
        if problems := problems_of(self._jobs):
            raise InvalidWorkflow(self.name, problems)

    async def run(
        self, *, hooks: Sequence[Hook] = (), interrupted_by: Interrupts | None = None
    ) -> Run:
        """
        Run the jobs; failures of jobs are in what is returned.

        SIGINT and SIGTERM stop the run in order: steps are ended as their commands say, and
        what is left is skipped. The second signal ends everything at once.

        Args:
            hooks: Told of every event, in order.
            interrupted_by: What tells of signals, for a program that catches them itself
                (see `interrupts`); caught by the run if None and in the main thread.

        Raises:
            InvalidWorkflow: see `check`; nothing was run.
            RequirementsUnmet: something it requires is missing or of another version; nothing
                was run, but for what was asked for its version.
            BaseException: a hook raised it; or it is the SystemExit or KeyboardInterrupt
                of a job. Everything was ended before.
        """
        self.check()
        if problems := await unmet(self.requires):
            raise RequirementsUnmet(self.name, problems)
        execution = Execution(hooks, self.resources)
        scheduler = Scheduler(
            self._jobs,
            self._functions,
            execution,
            on_failure=self.on_failure,
            concurrency=self.concurrency,
        )
        execution.emit(self._started())
        try:
            async with nullcontext(interrupted_by) if interrupted_by else interrupts() as caught:
                await self._run(scheduler, execution, caught)
        except anyio.get_cancelled_exc_class():
            scheduler.was_cancelled = True
            raise
        finally:
            scheduler.skip_rest()
            execution.emit(_ended(execution, scheduler))
        if isinstance(execution.stopped_by, BaseException):
            raise execution.stopped_by
        return recorded_run(execution.recorder, scheduler.results, scheduler.errors)

    async def _run(
        self, scheduler: Scheduler, execution: Execution, interrupted_by: Interrupts
    ) -> None:
        async with anyio.create_task_group() as watchers:
            if self.timeout is not None:
                limit = Limit(LimitName.WORKFLOW, self.timeout)
                watchers.start_soon(_watch_clock, execution, limit)
            with execution.scope, interrupted_by.told(execution.interrupt):
                await scheduler.run()
            watchers.cancel_scope.cancel()

    def _started(self) -> RunStarted:
        jobs = tuple((job.name, tuple(map(str, job.needs))) for job in self._jobs)
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        return RunStarted(0.0, self.name, uuid.uuid4().hex, now.replace("+00:00", "Z"), jobs)


async def run_step(step: Step[T], *, hooks: Sequence[Hook] = ()) -> T:
    """
    The result of a single *step*, run outside any workflow.

    Raises:
        StepError: as `Context.run`.
    """
    workflow = Workflow(step.name)
    job = workflow.job(lambda context: context.run(step), name=step.name)
    run = await workflow.run(hooks=hooks, interrupted_by=Interrupts())
    if (error := run.error(job)) is not None:
        raise error
    return run.result(job)


async def _watch_clock(execution: Execution, limit: Limit) -> None:
    await anyio.sleep(limit.seconds)
    execution.stop(limit)


def _ended(execution: Execution, scheduler: Scheduler) -> RunEnded:
    now = execution.now()
    match execution.stopped_by:
        case Signals() as signum:
            return RunEnded(now, Outcome.CANCELLED, execution.reason, signum.name)
        case Limit():
            return RunEnded(now, Outcome.TIMED_OUT, execution.reason)
        case BaseException():
            return RunEnded(now, Outcome.FAILED, execution.reason)
    if scheduler.was_cancelled:
        return RunEnded(now, Outcome.CANCELLED, execution.reason)
    if scheduler.first_failed is not None:
        return RunEnded(now, Outcome.FAILED, f"job {scheduler.first_failed} failed")
    return RunEnded(now, Outcome.SUCCEEDED)


def _needs(needs: Needs) -> tuple[Need, ...]:
    return tuple(need if isinstance(need, Need) else Need(need) for need in needs)


def _name_of(function: Callable[..., object]) -> str:
    name = getattr(function, "__name__", None)
    if not isinstance(name, str):
        raise TypeError(f"{function!r} has no name of its own: give the job one, name=…")
    return name
