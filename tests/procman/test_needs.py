"""Cases E and P83: how far a job must have come before another starts, and what if it fails."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from itertools import pairwise
from signal import SIGINT

import anyio
import pytest
from anyio.lowlevel import checkpoint
from hypothesis import given
from hypothesis import strategies as st

from procman import (
    Context,
    Edge,
    Event,
    Interrupts,
    InvalidWorkflow,
    Job,
    JobEnded,
    JobStarted,
    Line,
    Need,
    NoResult,
    OnFailure,
    Outcome,
    Run,
    RunEnded,
    Service,
    Workflow,
)
from tests.procman.children import shell

pytestmark = pytest.mark.anyio

NEVER_RUN = Service("s", shell("exit 9"), ready=Line("never"))


def outcomes(run: Run) -> dict[str, str]:
    """Every job's outcome."""
    return {job.name: job.outcome.value if job.outcome else "unknown" for job in run.jobs}


async def nothing(_: Context) -> None:
    """Do nothing."""


async def fail(_: Context) -> None:
    """Fail at once."""
    raise ValueError("no")


@pytest.mark.parametrize("on_failure", OnFailure)
async def test_p83_who_needs_the_end_runs_after_a_failure(on_failure: OnFailure) -> None:
    """P83: whatever became of it: succeeded, failed or skipped."""
    workflow = Workflow("w", on_failure=on_failure)
    good = workflow.job(nothing, name="good")
    bad = workflow.job(fail, name="bad", needs=[good])
    skipped = workflow.job(nothing, name="skipped", needs=[bad])
    for job in (good, bad, skipped):
        workflow.job(nothing, name=f"clean_{job.name}", needs=[job.finished])

    run = await workflow.run()

    assert outcomes(run) == {
        "good": "succeeded",
        "bad": "failed",
        "skipped": "skipped",
        "clean_good": "succeeded",
        "clean_bad": "succeeded",
        "clean_skipped": "succeeded",
    }
    assert (run.outcome, run.cause) == (Outcome.FAILED, "job bad failed")


async def test_p83_a_job_that_cleans_up_still_has_its_other_needs() -> None:
    """P83: one that needs success as well is skipped without it, for that reason."""
    workflow = Workflow("w")
    bad = workflow.job(fail, name="bad")
    made = workflow.job(nothing, name="made", needs=[bad])
    workflow.job(nothing, name="unmade", needs=[made.succeeded, bad.finished])

    run = await workflow.run()

    assert outcomes(run) == {"bad": "failed", "made": "skipped", "unmade": "skipped"}
    assert run.job("unmade").cause == "job made was skipped"


async def test_p83_only_what_cleans_up_starts_after_a_failure() -> None:
    """P51, P83: not what needs its success; that is new, and nothing new starts."""
    workflow = Workflow("w")
    bad = workflow.job(fail, name="bad")
    clean = workflow.job(nothing, name="clean", needs=[bad.finished])
    workflow.job(nothing, name="tell", needs=[clean])
    workflow.job(nothing, name="tell_anyway", needs=[clean.finished])

    run = await workflow.run()

    assert outcomes(run) == {
        "bad": "failed",
        "clean": "succeeded",
        "tell": "skipped",
        "tell_anyway": "succeeded",
    }
    assert run.job("tell").cause == "nothing new starts after job bad failed"


async def test_p83_a_failed_clean_up_is_a_failure_of_the_run() -> None:
    """P83: the first failure is what the run is said to have failed by."""
    workflow = Workflow("w")
    good = workflow.job(nothing, name="good")
    workflow.job(fail, name="clean", needs=[good.finished])

    run = await workflow.run()

    assert (run.outcome, run.cause) == (Outcome.FAILED, "job clean failed")


async def test_p83_a_stopped_run_starts_nothing_not_even_clean_ups() -> None:
    """P36, P83: a signal ends the run; what must be done then belongs into the job itself."""
    workflow = Workflow("w")
    told = Interrupts()

    async def interrupted(_: Context) -> None:
        told.receive(SIGINT)
        await anyio.sleep(60)

    job = workflow.job(interrupted)
    workflow.job(nothing, name="clean", needs=[job.finished])

    with anyio.fail_after(10):
        run = await workflow.run(interrupted_by=told)

    assert outcomes(run) == {"interrupted": "cancelled", "clean": "skipped"}
    assert run.job("clean").cause == "stopped by SIGINT"
    assert run.error(job) is None
    with pytest.raises(NoResult, match="stopped by SIGINT"):
        run.check()


async def test_p83_who_needs_the_start_runs_beside_it() -> None:
    """P83: each waits for the other, so they overlap."""
    workflow = Workflow("w")
    met = anyio.Event()

    async def first(_: Context) -> None:
        with anyio.fail_after(5):
            await met.wait()

    async def second(context: Context) -> None:
        with pytest.raises(NoResult, match="it has not succeeded"):
            context.result(job)
        met.set()

    job = workflow.job(first)
    workflow.job(second, needs=[job.started])

    run = await workflow.run()

    assert outcomes(run) == {"first": "succeeded", "second": "succeeded"}


async def test_p83_the_start_of_what_never_starts_is_never_reached() -> None:
    """P83: so who needs it is skipped."""
    workflow = Workflow("w", on_failure=OnFailure.CONTINUE)
    bad = workflow.job(fail, name="bad")
    skipped = workflow.job(nothing, name="skipped", needs=[bad])
    workflow.job(nothing, name="beside", needs=[skipped.started])

    run = await workflow.run()

    assert run.job("beside").cause == "job skipped was skipped"


async def test_p56_a_clean_up_asks_for_results_that_may_not_be_there() -> None:
    """P56, P83: what did not succeed has none, and that is an error with a name."""
    workflow = Workflow("w")
    asked: list[str] = []

    async def clean(context: Context) -> None:
        try:
            context.result(bad)
        except NoResult as error:
            asked.append(str(error))

    bad = workflow.job(fail, name="bad")
    workflow.job(clean, needs=[bad.finished])

    await workflow.run()

    assert asked == ["no result of job bad: it has not succeeded"]


def jobs_in_a_circle(workflow: Workflow) -> None:
    """By edges of every kind."""
    workflow.job(nothing, name="a", needs=[Need("b", Edge.STARTED)])
    workflow.job(nothing, name="b", needs=[Need("c", Edge.FINISHED)])
    workflow.job(nothing, name="c", needs=["a"])


def job_that_needs_itself(workflow: Workflow) -> None:
    """The smallest circle."""
    workflow.job(nothing, name="a", needs=["a"])


def user_that_waits_for_the_end(workflow: Workflow) -> None:
    """A service runs as long as its user, who waits for who waits for its end."""
    service = workflow.service(NEVER_RUN)
    after = workflow.job(nothing, name="after", needs=[service.finished])
    workflow.job(nothing, name="user", needs=[service.ready, after])


def services_in_a_circle(workflow: Workflow) -> None:
    """None of them can start."""
    workflow.service(NEVER_RUN, name="a", needs=["b"])
    workflow.service(NEVER_RUN, name="b", needs=["a"])


def idle_service(workflow: Workflow) -> None:
    """To need its end is not to need it to run."""
    service = workflow.service(NEVER_RUN)
    workflow.job(nothing, name="after", needs=[service.finished])


def ready_job(workflow: Workflow) -> None:
    """Handles of jobs have no such edge; names may be of anything."""
    workflow.job(nothing, name="a")
    workflow.job(nothing, name="b", needs=[Need("a", Edge.READY)])


@pytest.mark.parametrize(
    ("build", "problem"),
    [
        (jobs_in_a_circle, "jobs need one another: a needs b needs c needs a"),
        (job_that_needs_itself, "jobs need one another: a needs a"),
        (user_that_waits_for_the_end, "jobs need one another: s needs user needs after needs s"),
        (services_in_a_circle, "jobs need one another: a needs b needs a"),
        (idle_service, "nothing needs service s to run"),
        (ready_job, "job b needs a to be ready, but only services are"),
    ],
)
def test_p50_needs_that_cannot_be_met_are_refused(
    build: Callable[[Workflow], None], problem: str
) -> None:
    """P50, P83: before anything runs, the circle printed."""
    workflow = Workflow("w")
    build(workflow)

    with pytest.raises(InvalidWorkflow) as caught:
        workflow.check()

    assert rotated(caught.value.problems) == rotated([problem])


def rotated(problems: Sequence[str]) -> set[str]:
    """A circle may begin anywhere: what needs what."""
    (problem,) = problems
    head, _, circle = problem.rpartition(": ")
    names = circle.split(" needs ")
    return {head, *(f"{a} needs {b}" for a, b in pairwise(names))}


class Drawn:
    """
    A workflow drawn at random: jobs that return, raise or wait, with needs of every kind.

    Attributes:
        workflow: It.
        fails: The names of the jobs that raise.
        events: What happened when it was run.
    """

    def __init__(self, seed: int, on_failure: OnFailure) -> None:
        chance = random.Random(seed)
        self.limit = chance.choice([None, 1, 2, 5])
        self.workflow = Workflow("w", on_failure=on_failure, concurrency=self.limit)
        self.events: list[Event] = []
        self.fails: set[str] = set()
        self.most = self._now = 0
        edges = (Edge.SUCCEEDED, Edge.SUCCEEDED, Edge.FINISHED, Edge.STARTED, None)
        jobs: list[Job[None]] = []
        for number in range(chance.randrange(1, 12)):
            needed = chance.sample(jobs, min(len(jobs), chance.randrange(4)))
            needs = [Need(job, chance.choice(edges)) for job in needed]
            name = f"job{number}"
            if chance.random() < 0.3:
                self.fails.add(name)
            turns = chance.randrange(4)
            jobs.append(self.workflow.job(self._function(name, turns), name=name, needs=needs))

    def _function(self, name: str, turns: int) -> Callable[[Context], Awaitable[None]]:
        async def function(_: Context) -> None:
            self._now += 1
            self.most = max(self.most, self._now)
            try:
                for _turn in range(turns):
                    await checkpoint()
                if name in self.fails:
                    raise ValueError(name)
            finally:
                self._now -= 1

        return function

    def run(self, backend: str, *, cancelled_after: int | None = None) -> Run | None:
        """What became of it; None if it was cancelled, which is at some turn of the loop."""

        async def cancel(scope: anyio.CancelScope, turns: int) -> None:
            for _ in range(turns):
                await checkpoint()
            scope.cancel()

        async def main() -> Run | None:
            run = None
            async with anyio.create_task_group() as tasks:
                if cancelled_after is not None:
                    tasks.start_soon(cancel, tasks.cancel_scope, cancelled_after)
                run = await self.workflow.run(
                    hooks=[self.events.append], interrupted_by=Interrupts()
                )
                tasks.cancel_scope.cancel()
            return run

        return anyio.run(main, backend=backend)

    def expected(self) -> dict[str, str]:
        """What should become of each job if failures concern only those that need it."""
        found: dict[str, str] = {}
        for job in self.workflow.jobs:
            if all(_is_met(need, found) for need in job.needs):
                found[job.name] = "failed" if job.name in self.fails else "succeeded"
            else:
                found[job.name] = "skipped"
        return found

    def started(self) -> list[str]:
        """The jobs that were started, in order."""
        return [event.job for event in self.events if isinstance(event, JobStarted)]

    def ended(self) -> dict[str, Outcome]:
        """How they ended, in order."""
        return {event.job: event.outcome for event in self.events if isinstance(event, JobEnded)}

    def check(self) -> None:
        """See that what must hold holds, whatever happened."""
        names = [job.name for job in self.workflow.jobs]
        ends = [event.job for event in self.events if isinstance(event, JobEnded)]
        assert sorted(ends) == sorted(names)
        assert len(set(self.started())) == len(self.started())
        assert self.most <= (self.limit or len(names))
        needs = {job.name: job.needs for job in self.workflow.jobs}
        so_far: dict[str, str] = {}
        for event in self.events:
            if isinstance(event, JobStarted):
                assert all(_is_met(need, so_far) for need in needs[event.job]), event
                so_far[event.job] = "running"
            elif isinstance(event, JobEnded):
                was_started = so_far.get(event.job) == "running"
                assert was_started == (event.outcome is not Outcome.SKIPPED)
                so_far[event.job] = event.outcome.value


def _is_met(need: Need, outcomes: Mapping[str, str]) -> bool:
    outcome = outcomes.get(need.name)
    match need.edge or Edge.SUCCEEDED:
        case Edge.STARTED:
            return outcome not in (None, "skipped")
        case Edge.SUCCEEDED:
            return outcome == "succeeded"
        case _:
            return outcome not in (None, "running")


seeds = st.integers(0, 1_000_000)
backends = st.sampled_from(["asyncio", "trio"])


@given(seeds, backends)
def test_p52_p83_outcomes_follow_from_needs_and_failures(seed: int, backend: str) -> None:
    """P52, P83: with `continue` a job runs if and only if its own needs are met."""
    drawn = Drawn(seed, OnFailure.CONTINUE)

    run = drawn.run(backend)

    assert run is not None
    assert outcomes(run) == drawn.expected()
    drawn.check()


@given(seeds, backends)
def test_p51_p83_after_a_failure_only_clean_ups_start(seed: int, backend: str) -> None:
    """P51, P83: with `finish`; what is skipped for that reason alone says so."""
    drawn = Drawn(seed, OnFailure.FINISH)

    run = drawn.run(backend)

    assert run is not None
    drawn.check()
    cleans_up = {
        job.name
        for job in drawn.workflow.jobs
        if any(need.edge is Edge.FINISHED for need in job.needs)
    }
    has_failed = False
    for event in drawn.events:
        if isinstance(event, JobEnded) and event.outcome is Outcome.FAILED:
            has_failed = True
        elif isinstance(event, JobStarted) and has_failed:
            assert event.job in cleans_up
    possible = drawn.expected()
    for job in run.jobs:
        if job.cause.startswith("nothing new starts"):
            assert has_failed
        elif job.outcome is Outcome.SKIPPED and possible[job.name] != "skipped":
            assert job.cause.endswith("was skipped")


@given(seeds, backends, st.integers(0, 12), st.sampled_from(OnFailure))
def test_p57_p83_a_cancelled_run_is_told_to_its_end(
    seed: int, backend: str, turns: int, on_failure: OnFailure
) -> None:
    """P57, P83: each job ends once, nothing starts whose needs are not met."""
    drawn = Drawn(seed, on_failure)

    run = drawn.run(backend, cancelled_after=turns)

    drawn.check()
    last = drawn.events[-1]
    assert isinstance(last, RunEnded)
    assert (run is None) == (last.outcome is Outcome.CANCELLED)
    if run is not None:
        assert (last.outcome is Outcome.FAILED) == (Outcome.FAILED in drawn.ended().values())
