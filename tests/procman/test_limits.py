"""Case P92: every limit, on every path, names itself and its value in what is told of it."""

from __future__ import annotations

import inspect
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from signal import SIGTERM
from subprocess import Popen
from typing import Any

import anyio
import pytest
from attrs import evolve, frozen

from procman import (
    Capture,
    Context,
    Diagnostic,
    Event,
    LimitName,
    Line,
    Liveness,
    Requirement,
    Service,
    Step,
    StepError,
    Stop,
    Workflow,
    WorkflowRefused,
    command,
    json_as,
    run_service,
    run_step,
)
from tests.procman.children import shell
from tests.procman.test_stubborn import held

pytestmark = pytest.mark.anyio

PAGE = Path(__file__).parent.parent.parent / "docs" / "procman" / "limits.md"

Way = Callable[[Step[Any]], Step[Any]]
"""Has the output of a step take another way."""

WAYS: dict[str, Callable[[Path], Way]] = {
    "kept": lambda _: lambda step: step,
    "told to hooks": lambda _: lambda step: evolve(step, live=True, json_lines=True),
    "parsed, merged, shown and spilled": lambda folder: (
        lambda step: evolve(
            step,
            parse=json_as(dict),
            capture=evolve(step.capture, merged=True, tee=True, spill=folder / "spill"),
        )
    ),
}

Provoke = Callable[[Way], Awaitable[str]]
"""Reaches a limit; gives what is told of it."""


def listen(_: Event) -> None:
    """A hook."""


def of_step(script: str, *, stop: Stop | None = None, **options: Any) -> Provoke:
    """What is raised by a step that runs *script*."""
    step = Step("x", shell(script, stop=stop), **options)
    return lambda way: error_of(way(step))


async def error_of(step: Step[Any]) -> str:
    """What is raised by *step*."""
    try:
        await run_step(step, hooks=[listen])
    except StepError as error:
        return str(error)
    return "nothing was raised"


async def unkillable(way: Way) -> str:
    """What is raised by a step whose command is held by somebody else, and so survives."""
    holders: list[Popen[str]] = []

    def hold(pid: int) -> Step[Any]:
        holders.append(held(pid))
        return Step("hold", command("true"))

    asking = Diagnostic(hold, while_running=True)
    stop = Stop(((SIGTERM, 0.01),), kill=0.15)
    provoke = of_step("sleep 60", stop=stop, timeout=0.01, diagnose=[asking])
    try:
        return await provoke(way)
    finally:
        for holder in holders:
            holder.kill()
            holder.communicate()


async def job(way: Way) -> str:
    """What is told of a job that takes too long, and of its step."""
    workflow = Workflow("w")
    step = way(Step("x", shell("sleep 60")))
    workflow.job(lambda context: context.run(step), name="job", timeout=0.15)
    return await told_twice(workflow)


async def workflow(way: Way) -> str:
    """What is told of the job of a workflow that takes too long, and of its step."""
    late = Workflow("w", timeout=0.15)
    step = way(Step("x", shell("sleep 60")))
    late.job(lambda context: context.run(step), name="job")
    return await told_twice(late)


async def told_twice(workflow: Workflow) -> str:
    """The cause of the job, in which the cause of its step must be."""
    record = (await workflow.run(hooks=[listen])).job("job")
    assert record.steps[0].cause in record.cause
    return record.cause


def of_service(script: str, **options: Any) -> Provoke:
    """What is raised by a service in a scope, in which the cause of one that is a job must be."""
    service = Service("s", shell(script), **options)

    async def provoke(_: Way) -> str:
        workflow = Workflow("w")
        workflow.job(waiting, needs=[workflow.service(service)])
        cause = (await workflow.run(hooks=[listen])).job("s").cause
        raised = await error_of_scope(service)
        assert cause in raised
        return raised

    return provoke


async def error_of_scope(service: Service) -> str:
    """What is raised by a scope with *service*."""
    try:
        async with run_service(service, hooks=[listen]) as running:
            await running.ended()
    except StepError as error:
        return str(error)
    return "nothing was raised"


async def waiting(_: Context) -> None:
    """A job that waits to be ended."""
    await anyio.sleep(60)


class Silent:
    """A probe that never answers."""

    async def ask(self, port: int | None) -> str | None:  # noqa: ARG002
        """Wait for ever."""
        await anyio.sleep_forever()
        return None


async def requirement(_: Way) -> str:
    """What is raised by a workflow that requires a program that does not tell its version."""
    slow = Requirement("sh", ">=1", ask=("-c", "sleep 60"), timeout=0.15)
    try:
        await Workflow("w", requires=[slow]).run()
    except WorkflowRefused as error:
        return str(error)
    return "nothing was raised"


@frozen
class Bound:
    """
    A limit.

    Attributes:
        field: What sets it, as the page shows it.
        where: The class or function with that field or argument.
        bounds: What it bounds, in words.
        provoke: Reaches it, set to 0.15 s.
        name: By which it names itself.
        has_output: Whether it is a step's, whose output may take other ways.
    """

    field: str
    where: Callable[..., Any]
    bounds: str
    provoke: Provoke
    name: LimitName
    has_output: bool = True

    @property
    def usual(self) -> str:
        """Its value if nothing is said."""
        value = inspect.signature(self.where).parameters[re.findall(r"\w+", self.field)[-1]].default
        if self.where is Stop and isinstance(value, tuple):
            ((signum, seconds),) = value
            return f"{signum.name}, {seconds:g} s"
        return "none" if value is None else f"{value:g} s"


BOUNDS = (
    Bound(
        "Step.timeout",
        Step,
        "one attempt",
        of_step("sleep 60", timeout=0.15),
        LimitName.TIMEOUT,
    ),
    Bound(
        "Step.quiet",
        Step,
        "the time in which an attempt prints nothing",
        of_step("sleep 60", quiet=0.15),
        LimitName.QUIET,
    ),
    Bound(
        "Step.deadline",
        Step,
        "all attempts of a step, with their waits",
        of_step("sleep 60", deadline=0.15),
        LimitName.DEADLINE,
    ),
    Bound(
        "Step.diagnose_budget",
        Step,
        "all diagnostics of a failed step",
        of_step("exit 1", diagnose=[Step("d", shell("sleep 60"))], diagnose_budget=0.15),
        LimitName.DIAGNOSTICS,
    ),
    Bound(
        "Capture.drain",
        Capture,
        "how long descendants may hold the streams of a command that has ended",
        of_step("sleep 60 & exit 1", capture=Capture(drain=0.15)),
        LimitName.DRAIN,
    ),
    Bound(
        "Stop.signals",
        Stop,
        "the time that a tree is given to obey each signal",
        of_step(
            "trap '' TERM; exec sleep 60",
            stop=Stop(((SIGTERM, 0.15),)),
            timeout=0.3,
        ),
        LimitName.GRACE,
    ),
    Bound(
        "Stop.kill",
        Stop,
        "the time that SIGKILL is given to take effect",
        unkillable,
        LimitName.KILL,
    ),
    Bound(
        "Service.ready_timeout",
        Service,
        "each start of a service until it is ready",
        of_service("sleep 60", ready=Line("never"), ready_timeout=0.15),
        LimitName.READY,
        has_output=False,
    ),
    Bound(
        "Liveness.timeout",
        Liveness,
        "the answer of a service that is asked whether it lives",
        of_service("sleep 60", alive=Liveness(probe=Silent(), timeout=0.15, failure_threshold=1)),
        LimitName.PROBE,
        has_output=False,
    ),
    Bound(
        "Requirement.timeout",
        Requirement,
        "the answer of a program that is asked for its version",
        requirement,
        LimitName.TIMEOUT,
        has_output=False,
    ),
    Bound("Workflow.job(timeout)", Workflow.job, "a job", job, LimitName.JOB),
    Bound("Workflow.timeout", Workflow, "all of a run", workflow, LimitName.WORKFLOW),
)


def table() -> str:
    """All limits, for the page."""
    rows = [
        ("limit", "if nothing is said", "bounds", "names itself"),
        ("---",) * 4,
        *((f"`{b.field}`", b.usual, b.bounds, f"`{b.name.value} of … s`") for b in BOUNDS),
    ]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


@pytest.mark.parametrize("way", WAYS)
async def test_p92_a_limit_names_itself_and_its_value(way: str, tmp_path: Path) -> None:
    """P92: whichever way the output takes; all of them at once, as each only waits."""
    bounds = [bound for bound in BOUNDS if bound.has_output or way == "kept"]
    told = dict.fromkeys((bound.field for bound in bounds), "nothing was told in time")

    async def provoke(bound: Bound) -> None:
        told[bound.field] = await bound.provoke(WAYS[way](tmp_path / bound.field))

    with anyio.move_on_after(20):
        async with anyio.create_task_group() as tasks:
            for bound in bounds:
                tasks.start_soon(provoke, bound)

    for bound in bounds:
        assert f"{bound.name.value} of 0.15 s reached" in told[bound.field], bound.field


def test_p92_every_limit_is_provoked_and_stands_on_its_page() -> None:
    """P92: the table of the page is made of this test."""
    assert {bound.name for bound in BOUNDS} == set(LimitName)
    assert table() in PAGE.read_text("utf-8"), table()
