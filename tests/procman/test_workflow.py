"""Cases E: jobs in the order of their needs, and what a failure does to the others."""

from __future__ import annotations

import math
import os
import random
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from itertools import pairwise
from pathlib import Path
from signal import SIGINT, getsignal

import anyio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from procman import (
    AttemptEnded,
    AttemptStarted,
    CommandFailed,
    Context,
    Event,
    Interrupts,
    InvalidWorkflow,
    JobEnded,
    JobStarted,
    Journal,
    LogHook,
    NoResult,
    OnFailure,
    Outcome,
    OutputLines,
    Run,
    RunEnded,
    RunStarted,
    Secret,
    Step,
    StepEnded,
    StepStarted,
    Workflow,
    run_step,
    text,
)
from tests.procman.children import shell, until_gone

pytestmark = pytest.mark.anyio

JobFunction = Callable[[Context], Awaitable[None]]


def outcomes(run: Run) -> dict[str, str]:
    """Every job's outcome."""
    return {job.name: job.outcome.value if job.outcome else "unknown" for job in run.jobs}


async def nothing(_: Context) -> None:
    """Do nothing."""


async def fail(context: Context) -> None:
    """Fail as a step fails."""
    await context.run(Step("x", shell("exit 1")))


async def test_p49_a_diamond_keeps_its_order_and_overlaps() -> None:
    """P49: needs first; the two that do not need one another run at once."""
    log: list[str] = []
    both = anyio.Event()

    async def meet(name: str) -> None:
        log.append(name)
        if {"left", "right"} <= set(log):
            both.set()
        with anyio.fail_after(5):
            await both.wait()

    async def note(name: str) -> None:
        log.append(name)

    workflow = Workflow("diamond")
    top = workflow.job(lambda _: note("top"), name="top")
    left = workflow.job(lambda _: meet("left"), name="left", needs=[top])
    right = workflow.job(lambda _: meet("right"), name="right", needs=[top])
    workflow.job(lambda _: note("bottom"), name="bottom", needs=[left, right])

    run = await workflow.run()

    assert run.outcome is Outcome.SUCCEEDED
    assert (log[0], sorted(log[1:3]), log[3]) == ("top", ["left", "right"], "bottom")


async def test_p50_jobs_that_do_not_fit_are_refused_before_anything_runs() -> None:
    """P50: unknown needs, duplicates and cycles; the cycle is printed."""
    ran: list[str] = []

    async def note(_: Context) -> None:
        ran.append("x")

    stranger = Workflow("other").job(note, name="stranger")
    broken = Workflow("broken")
    broken.job(note, name="a", needs=["nowhere", stranger])
    broken.job(note, name="a")
    round_ = Workflow("round")
    for name, need in (("a", "c"), ("b", "a"), ("c", "b")):
        round_.job(note, name=name, needs=[need])

    with pytest.raises(InvalidWorkflow) as caught:
        await broken.run()
    assert caught.value.problems == (
        "2 jobs are called a",
        "job a needs nowhere, which is no job of this workflow",
        "job a needs stranger, which is no job of this workflow",
    )
    with pytest.raises(InvalidWorkflow, match=r"need one another: (. needs ){3}."):
        await round_.run()
    assert ran == []


def siblings(on_failure: OnFailure) -> Workflow:
    """One fails while a slow sibling runs; another, and what needs either, wait their turn."""
    workflow = Workflow("w", on_failure=on_failure, concurrency=2)
    begun, failed = anyio.Event(), anyio.Event()

    async def bad(context: Context) -> None:
        await begun.wait()
        try:
            await fail(context)
        finally:
            failed.set()

    async def slow(_: Context) -> None:
        begun.set()
        await failed.wait()
        await anyio.sleep(0.05)

    first = workflow.job(bad)
    second = workflow.job(slow)
    workflow.job(nothing, name="later")
    workflow.job(nothing, name="after_bad", needs=[first])
    workflow.job(nothing, name="after_after_bad", needs=["after_bad"])
    workflow.job(nothing, name="after_slow", needs=[second])
    return workflow


async def test_p51_after_a_failure_what_runs_finishes_and_nothing_starts() -> None:
    """P51: the rest is skipped, with the reason."""
    run = await siblings(OnFailure.FINISH).run()

    assert outcomes(run) == {
        "bad": "failed",
        "slow": "succeeded",
        "later": "skipped",
        "after_bad": "skipped",
        "after_after_bad": "skipped",
        "after_slow": "skipped",
    }
    assert run.job("after_bad").cause == "job bad failed"
    assert run.job("after_after_bad").cause == "job after_bad was skipped"
    assert run.job("later").cause == "nothing new starts after job bad failed"
    assert (run.outcome, run.cause, run.exit_code) == (Outcome.FAILED, "job bad failed", 1)


async def test_p52_after_a_failure_only_dependents_are_skipped() -> None:
    """P52: independents go on."""
    run = await siblings(OnFailure.CONTINUE).run()

    assert outcomes(run) == {
        "bad": "failed",
        "slow": "succeeded",
        "later": "succeeded",
        "after_bad": "skipped",
        "after_after_bad": "skipped",
        "after_slow": "succeeded",
    }


async def test_p53_never_more_jobs_at_once_than_allowed() -> None:
    """P53: and all of the allowed ones, when there is work for them."""
    running, most = 0, 0

    async def count(_: Context) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await anyio.sleep(0.001)
        running -= 1

    workflow = Workflow("w", concurrency=3)
    for number in range(20):
        workflow.job(count, name=f"job{number}")

    run = await workflow.run()

    assert (run.outcome, most) == (Outcome.SUCCEEDED, 3)


async def test_a_job_that_outlives_its_limit_leaves_nothing_to_the_next() -> None:
    """One that shields itself ends well; the next of the same worker is not cancelled for it."""

    async def shielded(_: Context) -> str:
        with anyio.CancelScope(shield=True):
            await anyio.sleep(0.05)
        return "late"

    async def wait(_: Context) -> None:
        await anyio.sleep(0.01)

    workflow = Workflow("w", concurrency=1)
    late = workflow.job(shielded, timeout=0.01)
    workflow.job(wait)
    workflow.job(wait, name="limited", timeout=60)

    run = await workflow.run()

    assert set(outcomes(run).values()) == {"succeeded"}
    assert run.result(late) == "late"


async def test_a_job_that_reached_its_limit_leaves_nothing_to_the_next() -> None:
    """The next of the same worker runs under its own limit."""
    workflow = Workflow("w", concurrency=1, on_failure=OnFailure.CONTINUE)
    workflow.job(lambda _: anyio.sleep(60), name="slow", timeout=0.01)
    workflow.job(lambda _: anyio.sleep(0.01), name="quick")

    run = await workflow.run()

    assert outcomes(run) == {"slow": "timed_out", "quick": "succeeded"}
    assert run.job("slow").cause == "job slow: job timeout of 0.01 s reached"


@pytest.mark.parametrize("seconds", [0.05, 60.0, 1e6])
async def test_the_limit_of_a_job_is_late_by_a_thousandth_at_most(seconds: float) -> None:
    """Those that start close together share a timer, and nobody is ended early."""
    seen: list[tuple[float, float]] = []

    async def job(_: Context) -> None:
        seen.append((anyio.current_effective_deadline(), anyio.current_time()))

    workflow = Workflow("w", concurrency=1)
    for number in range(100):
        workflow.job(job, name=f"job{number}", timeout=seconds)
    workflow.job(job, name="unlimited")

    await workflow.run()

    *limited, (unlimited, _) = seen
    assert unlimited == math.inf
    # Each was started before its own moment, and after that of the one before.
    assert all(late <= now + seconds * 1.001 for late, now in limited)
    assert all(late >= before + seconds for (_, before), (late, _) in pairwise(limited))


async def test_context_variables_of_a_job_are_its_own() -> None:
    """Whoever ran before: what is bound for a log line is not in those of the next job."""
    variable: ContextVar[str] = ContextVar("variable", default="unset")
    variable.set("around")
    seen: list[str] = []

    async def job(_: Context) -> None:
        seen.append(variable.get())
        variable.set("of a job")

    workflow = Workflow("w", concurrency=1)
    for number in range(3):
        workflow.job(job, name=f"job{number}")

    await workflow.run()

    assert seen == ["around"] * 3
    assert variable.get() == "around"


async def test_p54_ten_thousand_jobs_wide_deep_and_in_diamonds() -> None:
    """P54: neither recursion nor a task a job; how fast is a benchmark's affair."""
    tasks: list[int] = []

    async def count(_: Context) -> None:
        tasks.append(len(anyio.get_running_tasks()))

    wide, deep, diamonds = Workflow("wide"), Workflow("deep"), Workflow("diamonds")
    for number in range(10_000):
        work = nothing if number % 500 else count
        wide.job(work, name=f"job{number}")
        deep.job(work, name=f"job{number}", needs=[f"job{number - 1}"] if number else ())
        above = number - 100, number - number % 100 - 100 + (number + 1) % 100
        needs = [f"job{n}" for n in above] if number >= 100 else ()
        diamonds.job(work, name=f"job{number}", needs=needs)

    runs = [await workflow.run() for workflow in (wide, deep, diamonds)]

    assert [run.outcome for run in runs] == [Outcome.SUCCEEDED] * 3
    assert len(tasks) == 60
    assert max(tasks) < 10_000 / 50


async def test_p55_what_a_job_raises_is_recorded_for_what_it_is() -> None:
    """P55: its own exception, or a group of them."""

    async def own(_: Context) -> None:
        raise LookupError("no such row")

    async def group(_: Context) -> None:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(own, _)
            tasks.start_soon(own, _)

    workflow = Workflow("w", on_failure=OnFailure.CONTINUE)
    jobs = [workflow.job(own), workflow.job(group)]

    run = await workflow.run()

    assert run.job("own").cause == "LookupError: no such row"
    assert run.job("group").cause.startswith("ExceptionGroup: ")
    assert isinstance(run.error(jobs[0]), LookupError)
    error = run.error(jobs[1])
    assert isinstance(error, ExceptionGroup)
    assert [str(each) for each in error.exceptions] == ["no such row"] * 2
    with pytest.raises(BaseExceptionGroup) as caught:
        run.check()
    assert [type(error).__name__ for error in caught.value.exceptions] == [
        "LookupError",
        "ExceptionGroup",
    ]


@pytest.mark.parametrize("error", [SystemExit(3), KeyboardInterrupt()])
async def test_p55_system_exit_and_interrupt_end_the_workflow_in_order(
    error: BaseException,
) -> None:
    """P55: siblings are ended, the rest skipped, then it is raised on."""
    events: list[Event] = []

    async def leave(_: Context) -> None:
        raise error

    async def sleep(context: Context) -> None:
        await context.run(Step("sleep", shell("sleep 60")))

    workflow = Workflow("w")
    workflow.job(sleep)
    workflow.job(leave)
    workflow.job(nothing, needs=["sleep"])

    with anyio.fail_after(10), pytest.raises(type(error)):
        await workflow.run(hooks=[events.append])

    ended = {e.job: e.outcome for e in events if isinstance(e, JobEnded)}
    assert ended == {
        "leave": Outcome.FAILED,
        "sleep": Outcome.CANCELLED,
        "nothing": Outcome.SKIPPED,
    }
    assert isinstance(events[-1], RunEnded)


async def test_p56_results_are_read_by_those_who_need_them() -> None:
    """P56: typed, by handle; asking for what was not needed is an error."""
    workflow = Workflow("w", on_failure=OnFailure.CONTINUE)

    async def number(_: Context) -> int:
        return 20

    async def double(context: Context) -> str:
        return str(2 * context.result(first) + 2)

    async def nosy(context: Context) -> None:
        context.result(first)

    first = workflow.job(number)
    second = workflow.job(double, needs=[first])
    third = workflow.job(nosy)

    run = await workflow.run()

    assert (run.result(first), run.result(second)) == (20, "42")
    assert run.job("nosy").cause == "no result of job number: job nosy does not need it"
    with pytest.raises(NoResult, match="no result of job nosy: failed"):
        run.result(third)


def random_job(chance: random.Random) -> JobFunction:
    """A job that runs a few steps which may fail, time out or be retried, and may raise."""
    scripts = [chance.choice(["true", "exit 1", "sleep 9", "kill -9 $$"]) for _ in range(2)]
    raises = chance.random() < 0.2

    async def job(context: Context) -> None:
        for script in scripts:
            await context.run(
                Step("x", shell(script), timeout=0.02, diagnose=[Step("d", shell("true"))])
            )
        if raises:
            raise ValueError(raises)

    return job


@given(st.integers(0, 10_000), st.sampled_from(["asyncio", "trio"]))
@settings(max_examples=25, deadline=None)
def test_p57_every_start_has_one_end_whatever_happens(seed: int, backend: str) -> None:
    """P57: random failures and cancellations; events in order, each attempt once."""
    chance = random.Random(seed)
    workflow = Workflow("w", on_failure=chance.choice(list(OnFailure)), concurrency=3)
    for number in range(5):
        needs = [f"job{n}" for n in range(number) if chance.random() < 0.3]
        workflow.job(random_job(chance), name=f"job{number}", needs=needs)
    events: list[Event] = []
    others: list[Event] = []

    async def main() -> None:
        with anyio.move_on_after(chance.choice([0.01, 0.03, 5])):
            await workflow.run(hooks=[events.append, others.append], interrupted_by=Interrupts())

    anyio.run(main, backend=backend)

    assert events == others
    assert isinstance(events[0], RunStarted)
    assert isinstance(events[-1], RunEnded)
    assert [e.at for e in events] == sorted(e.at for e in events)
    started = [(e.id, e.number) for e in events if isinstance(e, AttemptStarted)]
    ended = [(e.id, e.number) for e in events if isinstance(e, AttemptEnded)]
    assert sorted(started) == sorted(ended)
    assert len(set(started)) == len(started)
    steps = [e.id for e in events if isinstance(e, StepStarted)]
    assert sorted(steps) == sorted(e.id for e in events if isinstance(e, StepEnded))
    assert sorted(e.job for e in events if isinstance(e, JobEnded)) == [f"job{n}" for n in range(5)]


@pytest.mark.parametrize(
    "at",
    [RunStarted, JobStarted, AttemptStarted, OutputLines, AttemptEnded, JobEnded, RunEnded],
)
async def test_p58_a_hook_that_raises_stops_the_run(at: type[Event], tmp_path: Path) -> None:
    """P58: at whatever event; with its error; children are ended; the journal is whole."""
    told: list[Event] = []

    def broken(event: Event) -> None:
        told.append(event)
        if isinstance(event, at):
            raise OSError("no space left")

    workflow = Workflow("w")
    long = "echo $$; exec sleep 60" if at in (AttemptStarted, OutputLines) else "echo $$"
    step = Step("x", shell(f"echo $$ > {tmp_path}/pid; {long}"), live=True)
    first = workflow.job(lambda context: context.run(step), name="first")
    workflow.job(nothing, name="second", needs=[first])

    with anyio.fail_after(10), pytest.raises(OSError, match="no space left"):
        await workflow.run(hooks=[broken, Journal(tmp_path / "journal")])

    assert isinstance(told[-1], at)
    run = Run.from_journal(tmp_path / "journal")
    is_over = at is RunEnded
    assert (run.outcome, run.cause) == (
        (Outcome.SUCCEEDED, "")
        if is_over
        else (Outcome.FAILED, "stopped by OSError: no space left")
    )
    assert run.job("second").outcome is (Outcome.SUCCEEDED if is_over else Outcome.SKIPPED)
    assert all(attempt.outcome for step in run.job(first).steps for attempt in step.attempts)
    # It may have been ended before it could write its pid down.
    pids = (tmp_path / "pid").read_text().split() if (tmp_path / "pid").exists() else []
    await until_gone(*map(int, pids))


async def test_p59_two_workflows_at_once_do_not_disturb_one_another() -> None:
    """P59: one fails, the other does not notice."""
    good, bad = Workflow("good"), Workflow("bad")
    good.job(lambda context: context.run(Step("x", shell("sleep 0.1; echo ok"), text)), name="a")
    bad.job(fail, name="a")
    runs: dict[str, Run] = {}

    async def run(workflow: Workflow) -> None:
        runs[workflow.name] = await workflow.run(interrupted_by=Interrupts())

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(run, good)
        tasks.start_soon(run, bad)

    assert {name: run.outcome for name, run in runs.items()} == {
        "good": Outcome.SUCCEEDED,
        "bad": Outcome.FAILED,
    }


async def test_p59_a_signal_reaches_each_workflow_of_a_process() -> None:
    """P59, P36: beside one that ended before, and around another; then all is as it was."""
    before = getsignal(SIGINT)
    first_has_ended = anyio.Event()
    runs: dict[str, Run] = {}

    async def quick(_: Context) -> None:
        pass

    async def slow(_: Context) -> None:
        with anyio.fail_after(10):
            await first_has_ended.wait()
        os.kill(os.getpid(), SIGINT)
        await anyio.sleep(60)

    async def around(_: Context) -> None:
        await run("inner", slow)

    async def run(name: str, function: JobFunction) -> None:
        workflow = Workflow(name)
        workflow.job(function)
        runs[name] = await workflow.run()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(run, "outer", around)
        await run("first", quick)
        first_has_ended.set()

    assert {name: run.exit_code for name, run in runs.items()} == {"first": 0, "outer": 130}
    assert getsignal(SIGINT) is before


async def test_p24_secrets_reach_nothing_that_is_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """P24: echoed on both streams by a failing child: events, journal, log and error are clean."""
    secret = Secret("s3cr3t value")
    events: list[Event] = []
    script = "cat; for part in s3 cr 3t; do printf $part; done; echo $TOKEN >&2; exit 1"
    step = Step(
        "x",
        shell(script, stdin=secret, env={"TOKEN": secret}),
        live=True,
        diagnose=[Step("d", shell("echo $TOKEN", env={"TOKEN": secret}))],
    )

    with pytest.raises(CommandFailed) as caught:
        await run_step(step, hooks=[events.append, Journal(tmp_path / "journal"), LogHook()])

    kept = (repr(events), (tmp_path / "journal").read_text(), str(caught.value))
    shown = "".join([*kept, repr(caught.value), repr(caught.value.output), *capsys.readouterr()])
    assert "[redacted]" in shown
    assert secret.value not in shown
    assert secret.value.encode() not in caught.value.output.stdout
    assert b"[redacted]" in caught.value.output.stderr


async def test_p24_parsers_see_the_value() -> None:
    """P24: a secret that is the result is not destroyed."""
    step = Step("x", shell("echo $TOKEN", env={"TOKEN": Secret("hunter2")}), text)

    assert await run_step(step) == "hunter2"


def test_names_come_from_functions_or_are_asked_for() -> None:
    """A partial or another callable without a name must be given one."""
    workflow = Workflow("w")

    job = workflow.job(nothing)

    assert (job.name, [j.name for j in workflow.jobs]) == ("nothing", ["nothing"])
    with pytest.raises(TypeError, match="give the job one"):
        workflow.job(_Callable())


class _Callable:
    async def __call__(self, context: Context) -> None: ...


async def test_jobs_are_started_and_ended_in_the_events() -> None:
    """A skipped job ends without having started."""
    events: list[Event] = []
    workflow = Workflow("w")
    workflow.job(fail)
    workflow.job(nothing, needs=["fail"])

    await workflow.run(hooks=[events.append])

    found = [(type(e).__name__, e.job) for e in events if isinstance(e, JobStarted | JobEnded)]
    assert found == [("JobStarted", "fail"), ("JobEnded", "fail"), ("JobEnded", "nothing")]


async def test_a_run_is_shown_in_a_line_however_many_jobs_it_had() -> None:
    """asyncio asks for it at the end of every run, and lets nothing else happen meanwhile."""
    workflow = Workflow("large")
    for number in range(1000):
        workflow.job(nothing, name=f"job-{number}")

    run = await workflow.run()

    assert "jobs=<1000>" in repr(run)
    assert len(repr(run)) < 300
