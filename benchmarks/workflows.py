"""Workflows of very many jobs that do nothing: what a job itself costs."""

from __future__ import annotations

import gc
import time
import tracemalloc
from collections.abc import Awaitable, Callable, Sequence

import anyio

from benchmarks.apart import apart
from benchmarks.comparison import Against, Comparison, Unit
from procman import Context, Event, Interrupts, Job, JobEnded, JobStarted, Outcome, Workflow

JOBS = 10_000
MANY_JOBS = 100_000
SIDE = 100
"""Jobs in a row of diamonds: each needs two of the row before."""

LIMIT = 60.0
"""Seconds a job may take."""

Shape = Callable[[int], Sequence[int]]
"""The numbers of the jobs that the job of that number needs; all are less."""


def _wide(_: int) -> Sequence[int]:
    return ()


def _deep(number: int) -> Sequence[int]:
    return (number - 1,) if number else ()


def _diamonds(number: int) -> Sequence[int]:
    if number < SIDE:
        return ()
    above = number - SIDE
    first = above - above % SIDE
    return (above, first + (above + 1) % SIDE)


SHAPES: dict[str, Shape] = {"wide": _wide, "deep": _deep, "diamonds": _diamonds}


async def _nothing(_: object) -> None:
    pass


def _workflow(shape: str, count: int) -> tuple[Workflow, Sequence[Job[None]]]:
    workflow = Workflow(shape)
    jobs: list[Job[None]] = []
    for number in range(count):
        needs = [jobs[needed] for needed in SHAPES[shape](number)]
        jobs.append(workflow.job(_nothing, name=f"job{number}", needs=needs, timeout=LIMIT))
    return workflow, jobs


def ours(shape: str, count: int) -> float:
    """Microseconds a job."""
    workflow, _ = _workflow(shape, count)
    events: list[Event] = []

    async def run() -> None:
        found = await workflow.run(hooks=[events.append], interrupted_by=Interrupts())
        if found.outcome is not Outcome.SUCCEEDED or len(events) != 2 * count + 2:
            raise AssertionError(found.cause)

    return _microseconds(run, count)


def event_a_job(shape: str, count: int) -> float:
    """Microseconds a job the usual way: a task, and an `anyio.Event` for those that need it."""
    needs = [SHAPES[shape](number) for number in range(count)]
    events: list[Event] = []

    async def job(number: int, ended: Sequence[anyio.Event]) -> None:
        for needed in needs[number]:
            await ended[needed].wait()
        events.append(JobStarted(anyio.current_time(), f"job{number}"))
        with anyio.fail_after(LIMIT):
            await _nothing(None)
        events.append(JobEnded(anyio.current_time(), f"job{number}", Outcome.SUCCEEDED))
        ended[number].set()

    async def run() -> None:
        ended = [anyio.Event() for _ in range(count)]
        async with anyio.create_task_group() as tasks:
            for number in range(count):
                tasks.start_soon(job, number, ended)

    return _microseconds(run, count)


def _microseconds(run: Callable[[], Awaitable[None]], count: int) -> float:
    """Of CPU time: nothing is waited for, and neighbours of this machine do not count."""

    async def main() -> float:
        gc.collect()
        began = time.process_time()
        await run()
        return (time.process_time() - began) / count * 1_000_000

    return anyio.run(main)


def bytes_kept(shape: str, count: int) -> float:
    """Of memory that a run keeps for a job that has ended, until it ends itself."""
    workflow, jobs = _workflow(shape, count)

    async def weigh(_: Context) -> int:
        gc.collect()
        now, _peak = tracemalloc.get_traced_memory()
        return now

    last = workflow.job(weigh, needs=[job.finished for job in jobs[-SIDE:]])
    tracemalloc.start()

    async def main() -> float:
        gc.collect()
        before, _ = tracemalloc.get_traced_memory()
        run = await workflow.run(interrupted_by=Interrupts())
        return (run.result(last) - before) / count

    return anyio.run(main)


def _of(shape: str) -> tuple[Comparison, ...]:
    now = apart(ours, shape, JOBS)
    return (
        Comparison(
            f"workflow-{shape}",
            f"CPU time a job: {JOBS:,} that do nothing, {shape}, with a limit and two events each",
            now,
            Unit.MICROSECONDS,
            peers=(Against("an anyio.Event a job", apart(event_a_job, shape, JOBS), 0.3),),
            goal=20.0,
            rounds=9,
        ),
        Comparison(
            f"workflow-linear-{shape}",
            f"the same with {MANY_JOBS:,} jobs",
            apart(ours, shape, MANY_JOBS),
            Unit.MICROSECONDS,
            peers=(Against(f"with {JOBS:,}", now, 1.5),),
            rounds=5,
        ),
        Comparison(
            f"workflow-memory-{shape}",
            f"memory kept a job after it ended, {shape}",
            apart(bytes_kept, shape, JOBS),
            Unit.BYTES,
            goal=1024.0,
            rounds=1,
        ),
    )


COMPARISONS = tuple(comparison for shape in SHAPES for comparison in _of(shape))
