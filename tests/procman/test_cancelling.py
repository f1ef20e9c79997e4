"""Case P87: a workflow cancelled at each of its awaits leaves nothing behind."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import anyio
import anyio.lowlevel
import pytest

from procman import (
    CommandFailed,
    Context,
    Diagnostic,
    Journal,
    Line,
    Retry,
    Service,
    Step,
    When,
    Workflow,
    run_step,
)
from procman.testing import CancellationMishandled, cancel_everywhere
from procman.testing.cancelling import problems_of_journal
from tests.procman.children import shell

pytestmark = pytest.mark.anyio


def varied() -> Workflow:
    """Steps one after another and at once, a retry, a diagnostic, services in both ways."""
    workflow = Workflow("varied")

    async def first(context: Context) -> None:
        busy = Retry(on=CommandFailed, attempts=2, delay=0)
        with suppress(CommandFailed):
            await context.run(
                Step(
                    "flaky",
                    shell("exit 1"),
                    retry=busy,
                    diagnose=[Diagnostic(Step("why", shell("true")), when=When.ALWAYS)],
                )
            )
        # A limit within the step, reached as the run is cancelled, raises a cancellation, too.
        await anyio.lowlevel.checkpoint()

    async def second(context: Context) -> None:
        service = Service("s", shell("echo up; exec sleep 60"), ready=Line("up"))
        async with context.service(service), anyio.create_task_group() as tasks:
            tasks.start_soon(context.run, Step("left", shell("sleep 60 >/dev/null 2>&1 &")))
            tasks.start_soon(context.run, Step("right", shell("echo x", stdin="in")))

    node = workflow.service(Service("node", shell("exec sleep 60")))
    job = workflow.job(first)
    workflow.job(second, needs=[job, node.ready])
    return workflow


async def test_p87_nothing_is_left_wherever_a_workflow_is_cancelled() -> None:
    """P87: procman itself is what is seen to here."""
    with anyio.fail_after(120):
        times = await cancel_everywhere(varied, every=2)

    assert times >= 8


def of_one(job: Callable[[Context], object]) -> Callable[[], Workflow]:
    def make() -> Workflow:
        workflow = Workflow("w")
        workflow.job(job, name="job")  # type: ignore[arg-type]
        return workflow

    return make


async def sleep(context: Context) -> None:
    await context.run(Step("sleep", shell("sleep 0.05")))


async def test_p87_a_job_that_swallows_its_cancellation_is_found() -> None:
    """P87: it returned as if nothing had been."""

    async def swallow(context: Context) -> None:
        with suppress(BaseException):
            await sleep(context)

    with pytest.raises(CancellationMishandled) as caught:
        await cancel_everywhere(of_one(swallow))

    assert caught.value.problems == ("job job returned instead of passing its cancellation on",)
    assert str(caught.value).startswith(f"cancelled at await {caught.value.at}: job job")


async def test_p87_a_job_that_turns_its_cancellation_into_an_error_is_found() -> None:
    """P87: whoever cancelled it learns nothing of that."""

    async def replace(context: Context) -> None:
        try:
            await sleep(context)
        except anyio.get_cancelled_exc_class():
            raise ValueError("went wrong") from None

    with pytest.raises(CancellationMishandled, match="job job raised ValueError instead of"):
        await cancel_everywhere(of_one(replace))


async def test_p87_an_open_descriptor_is_found(tmp_path: Path) -> None:
    """P87: with what it leads to."""
    held: list[int] = []

    async def leak(context: Context) -> None:
        fd = os.open(tmp_path, os.O_RDONLY)
        held.append(fd)
        await sleep(context)
        os.close(fd)

    with pytest.raises(CancellationMishandled, match=rf"is left open: {tmp_path}"):
        await cancel_everywhere(of_one(leak))
    os.close(held[-1])


async def test_p87_a_process_that_is_left_is_found() -> None:
    """P87: one that was started behind procman's back."""
    started: list[subprocess.Popen[bytes]] = []

    def start() -> None:
        started.append(subprocess.Popen(["/bin/sleep", "60"]))

    async def leak(context: Context) -> None:
        start()
        await sleep(context)
        started[-1].kill()
        started[-1].wait()

    try:
        with pytest.raises(CancellationMishandled, match=r"process \d+ is left: /bin/sleep 60"):
            await cancel_everywhere(of_one(leak))
    finally:
        for child in started:
            child.kill()
            child.wait()


async def test_p87_awaits_of_all_tasks_are_counted() -> None:
    """P87: a task that a job starts waits where the job itself does not."""
    seen: set[str] = set()

    async def wait(name: str) -> None:
        for number in range(3):
            try:
                await anyio.lowlevel.checkpoint()
            except BaseException:
                seen.add(f"{name}{number}")
                raise

    async def many(_: Context) -> None:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(wait, "a")
            tasks.start_soon(wait, "b")

    await cancel_everywhere(of_one(many))

    assert seen == {f"{name}{number}" for name in "ab" for number in range(3)}


async def test_p87_a_journal_that_is_not_whole_is_found(tmp_path: Path) -> None:
    """P87: an end that is missing, of a step or of the run itself."""
    path = tmp_path / "journal"
    await run_step(Step("x", shell("true")), hooks=[Journal(path)])
    lines = path.read_text().splitlines(keepends=True)

    assert [*problems_of_journal(path)] == []
    path.write_text("".join(line for line in lines if '"StepEnded"' not in line))
    assert [*problems_of_journal(path)] == ["in the journal step x 1 ends 0 times"]
    path.write_text("".join(lines[:-1]))
    assert [*problems_of_journal(path)] == ["the journal does not end with the run"]
