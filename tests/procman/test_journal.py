"""Cases P60 and P86: a run can be read back from its journal, also when it was killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from textwrap import dedent

import anyio
import pytest

from procman import (
    BrokenJournal,
    CommandFailed,
    Context,
    JobRecord,
    Journal,
    Line,
    NoResult,
    OnFailure,
    Outcome,
    Restart,
    RestartWhen,
    Retry,
    Run,
    Service,
    Step,
    StepRecord,
    Workflow,
    text,
)
from tests.procman.children import shell, until_exists

pytestmark = pytest.mark.anyio


async def nothing(_: Context) -> None:
    """Do nothing."""


async def a_varied_run(journal: Path) -> Run:
    """With services, retries, diagnostics, failures, skips, logs and line events."""
    workflow = Workflow("varied", on_failure=OnFailure.CONTINUE)
    retry = Retry(on=CommandFailed, attempts=2, delay=0.01)
    restart = Restart(when=RestartWhen.ALWAYS, limit=1, delay=0.01)

    async def talk(context: Context) -> str:
        context.log("working", size=3)
        async with context.service(Service("beside", shell("echo up; exec sleep 60"))):
            return await context.run(Step("talk", shell("echo a; echo é >&2"), text, live=True))

    async def break_(context: Context) -> None:
        why = Step("why", shell("echo x"))
        await context.run(Step("b", shell("exit 2"), retry=retry, diagnose=[why]))

    script = "echo up; sleep 0.05; exit 3"
    dying = workflow.service(Service("dying", shell(script), ready=Line("up"), restart=restart))
    workflow.job(lambda _: anyio.sleep(60), name="user", needs=[dying])
    workflow.job(talk)
    broken = workflow.job(break_)
    workflow.job(nothing, needs=[broken, "talk"])
    workflow.job(nothing, name="clean", needs=[broken.finished])
    return await workflow.run(hooks=[Journal(journal)])


async def test_p86_a_journal_says_that_it_keeps_no_results(tmp_path: Path) -> None:
    """P86: a job that succeeded is not said to have failed."""
    workflow = Workflow("w")

    async def answer(context: Context) -> int:
        await context.run(Step("think", shell("true")))
        return 42

    answered = workflow.job(answer)
    await workflow.run(hooks=[Journal(tmp_path / "journal")])
    whole = (tmp_path / "journal").read_bytes()
    (tmp_path / "cut").write_bytes(whole[: whole.index(b"\n") + 1])

    with pytest.raises(NoResult, match="it succeeded, and journals keep no results"):
        Run.from_journal(tmp_path / "journal").result(answered)
    with pytest.raises(NoResult, match="it is not known to have ended"):
        Run.from_journal(tmp_path / "cut").result(answered)


async def test_p86_a_run_can_be_read_back_from_its_journal(tmp_path: Path) -> None:
    """P86: it equals the run."""
    run = await a_varied_run(tmp_path / "journal")

    assert Run.from_journal(tmp_path / "journal") == run
    outcomes = {job.name: job.outcome for job in run.jobs}
    assert outcomes == {
        "dying": Outcome.FAILED,
        "user": Outcome.CANCELLED,
        "talk": Outcome.SUCCEEDED,
        "break_": Outcome.FAILED,
        "nothing": Outcome.SKIPPED,
        "clean": Outcome.SUCCEEDED,
    }
    assert sorted(len(service.starts) for service in run.services) == [1, 2]
    needs = {job.name: job.needs for job in run.jobs if job.needs}
    assert needs == {
        "user": ("dying",),
        "nothing": ("break_", "talk"),
        "clean": ("break_.finished",),
    }


def test_p60_p86_a_journal_cut_anywhere_is_readable(tmp_path: Path) -> None:
    """P60, P86: at every line, before its end and within: what ended is there, no more."""
    whole = anyio.run(a_varied_run, tmp_path / "journal")
    written = (tmp_path / "journal").read_bytes()
    ends = [at + 1 for at, byte in enumerate(written) if byte == ord("\n")]
    lengths = {end + by for end in ends for by in (-1, 0, 20)}

    for length in sorted(lengths & {*range(ends[0], len(written))}):
        (tmp_path / "cut").write_bytes(written[:length])
        run = Run.from_journal(tmp_path / "cut")
        *lines, _torn = written[:length].split(b"\n")
        check_cut(run, whole, [json.loads(line) for line in lines])


def check_cut(run: Run, whole: Run, events: list[dict[str, object]]) -> None:
    """See that *run* knows of *whole* what *events* tell, and no more."""

    def told(kind: str, key: str) -> list[object]:
        return [event[key] for event in events if event["event"] == kind]

    assert (run.outcome, run.seconds) == (None, None)
    assert [job.name for job in run.jobs] == [job.name for job in whole.jobs]
    ended = [job for job in run.jobs if job.outcome is not None]
    assert {job.name for job in ended} == {*told("JobEnded", "job")}
    assert all(job == whole.job(job.name) for job in ended)
    steps, all_steps = steps_of(run.jobs), steps_of(whole.jobs)
    assert sorted(steps) == told("StepStarted", "id")
    known = {id_ for id_, step in steps.items() if step.outcome is not None}
    assert known == {*told("StepEnded", "id")}
    assert all(steps[id_] == all_steps[id_] for id_ in known)
    starts = [start for service in run.services for start in service.starts]
    assert len(starts) == len(told("ServiceStarted", "id"))
    assert len([s for s in starts if s.outcome is not None]) == len(told("ServiceEnded", "id"))


def steps_of(jobs: Sequence[JobRecord]) -> dict[int, StepRecord]:
    """All steps by their ids."""
    return {step.id: step for job in jobs for step in job.steps}


async def test_p86_a_journal_that_never_began_is_refused(tmp_path: Path) -> None:
    """P86: killed before its first line was whole, it tells of no run."""
    (tmp_path / "cut").write_text('{"event": "RunStart')

    with pytest.raises(BrokenJournal, match="a run begins with RunStarted"):
        Run.from_journal(tmp_path / "cut")


KILLED = """
    import sys, anyio
    from procman import *

    async def first(context):
        await context.run(Step("first", command("true")))

    async def second(context):
        script = f"echo > {sys.argv[2]}; sleep 60"
        await context.run(Step("second", command("sh", "-c", script)))

    workflow = Workflow("killed")
    workflow.job(second, needs=[workflow.job(first)])
    anyio.run(lambda: workflow.run(hooks=[Journal(sys.argv[1])]), backend=sys.argv[3])
"""


def killed_program(*argv: str) -> subprocess.Popen[bytes]:
    """A program of its own, to be killed."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.Popen([sys.executable, "-c", dedent(KILLED), *argv], env=environment)


async def test_p60_a_killed_program_leaves_a_readable_journal(
    tmp_path: Path, anyio_backend: str
) -> None:
    """P60: by SIGKILL, in the middle of a step."""
    journal, mark = tmp_path / "journal", tmp_path / "mark"
    with killed_program(str(journal), str(mark), anyio_backend) as program:
        await until_exists(mark)
        program.send_signal(signal.SIGKILL)

    run = Run.from_journal(journal)

    first, second = run.jobs
    assert (run.outcome, first.outcome, second.outcome) == (None, Outcome.SUCCEEDED, None)
    (attempt,) = second.steps[0].attempts
    assert (attempt.outcome, attempt.output) == (None, None)


async def test_a_journal_with_a_broken_line_is_refused(tmp_path: Path) -> None:
    """Only the last line may be torn; the error names the line."""
    await a_varied_run(tmp_path / "journal")
    lines = (tmp_path / "journal").read_text().splitlines(keepends=True)
    (tmp_path / "broken").write_text("".join([lines[0], "{}\n", *lines[1:]]))

    with pytest.raises(BrokenJournal, match="broken:2: no event"):
        Run.from_journal(tmp_path / "broken")
