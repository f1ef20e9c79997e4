"""The log: what happened by name, how bad it is by level, what it was in values."""

from __future__ import annotations

from typing import Any

import pytest
import structlog
from structlog.testing import capture_logs

from procman import (
    CommandFailed,
    Context,
    Line,
    LogHook,
    OnFailure,
    Restart,
    RestartWhen,
    Retry,
    Service,
    ServiceFailed,
    Step,
    Workflow,
    command,
    run_step,
)
from procman.testing import EventRecorder
from tests.procman.children import shell
from tests.procman.test_workflow import nothing

pytestmark = pytest.mark.anyio


async def test_levels_say_how_bad_it_is(events: EventRecorder) -> None:
    """Errors and warnings stand out; each line has the name of its event."""
    workflow = Workflow("w", on_failure=OnFailure.CONTINUE)

    async def job(context: Context) -> None:
        context.log("begun", pages=3)
        flaky = Retry(on=CommandFailed, attempts=2, delay=0)
        await context.run(Step("flaky", shell("exit 1"), retry=flaky))

    failed = workflow.job(job)
    workflow.job(nothing, needs=[failed])

    with capture_logs() as lines:
        await workflow.run(hooks=[LogHook(), events])

    assert [line["event"] for line in lines] == [
        "procman.run.started",
        "procman.job.started",
        "begun",
        "procman.step.started",
        "procman.attempt.started",
        "procman.attempt.ended",
        "procman.attempt.started",
        "procman.attempt.ended",
        "procman.step.ended",
        "procman.job.ended",
        "procman.job.ended",
        "procman.run.ended",
    ]
    told = [(line["event"], line["log_level"]) for line in lines if line["log_level"] != "debug"]
    assert told == [
        ("begun", "info"),
        ("procman.attempt.ended", "warning"),
        ("procman.step.ended", "error"),
        ("procman.job.ended", "error"),
        ("procman.job.ended", "info"),
        ("procman.run.ended", "error"),
    ]
    assert len(lines) == len(events.all)


async def test_values_stand_beside_the_text(events: EventRecorder) -> None:
    """None of them is formatted in; what says nothing is left out."""
    with capture_logs() as lines:
        await run_step(Step("x", command("echo", "a b"), live=True), hooks=[LogHook(), events])

    attempt: Any = events.all[3]
    assert lines[3] == {
        "event": "procman.attempt.started",
        "log_level": "debug",
        "at": attempt.at,
        "job": "x",
        "step": "x",
        "id": 1,
        "number": 1,
        "command": "echo 'a b'",
    }
    (printed,) = [line for line in lines if line["event"] == "a b"]
    assert (printed["step"], printed["stream"]) == ("x", "stdout")


async def test_a_service_that_is_restarted_warns() -> None:
    """Only its end for good is an error."""
    service = Service(
        "s",
        shell("echo up; sleep 0.05; exit 1"),
        ready=Line("up"),
        restart=Restart(when=RestartWhen.ON_FAILURE, limit=1, delay=0),
    )
    workflow = Workflow("w")

    async def job(context: Context) -> None:
        with pytest.raises(ServiceFailed):
            async with context.service(service) as running:
                await running.ended()

    workflow.job(job)

    with capture_logs() as lines:
        await workflow.run(hooks=[LogHook()])

    of_service = [(line["event"], line["log_level"]) for line in lines if "service" in line]
    assert of_service == [
        ("procman.service.started", "debug"),
        ("procman.service.ready", "info"),
        ("procman.service.ended", "warning"),
        ("procman.service.started", "debug"),
        ("procman.service.ready", "info"),
        ("procman.service.ended", "error"),
    ]


async def test_a_job_may_call_its_values_as_it_likes(events: EventRecorder) -> None:
    """Also by a name that a line of the log has already."""
    workflow = Workflow("w")

    async def job(context: Context) -> None:
        context.log("said", event="x", job="y", level="z")

    workflow.job(job)
    hooks: list[Any] = [LogHook(), events]
    with capture_logs() as lines:
        (await workflow.run(hooks=hooks)).check()

    (said,) = [line for line in lines if line["event"] == "said"]
    assert (said["event_"], said["job_"], said["job"], said["level"]) == ("x", "y", "job", "z")


async def test_the_logger_may_be_ones_own() -> None:
    """Bound values included."""
    with capture_logs() as lines:
        logger = structlog.get_logger().bind(run="nightly")
        await run_step(Step("x", command("true")), hooks=[LogHook(logger)])

    assert {line["run"] for line in lines} == {"nightly"}
