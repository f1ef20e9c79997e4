"""The trace file: slices that nest as what they show, on lanes that tell what ran at once."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import anyio
import pytest
from attrs import frozen
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from procman import (
    ChromeTrace,
    Context,
    Diagnostic,
    Event,
    Hook,
    Interrupts,
    Line,
    OnFailure,
    Retry,
    Run,
    Service,
    Step,
    StepError,
    Workflow,
)
from tests.procman.children import shell
from tests.procman.test_workflow import nothing, random_job

pytestmark = pytest.mark.anyio


@frozen
class Slice:
    """A slice as a reader of the file sees it; `end` is None if it was never closed."""

    name: str
    kind: str
    lane: str
    within: tuple[str, ...]
    begin: float
    end: float | None
    values: dict[str, Any]


def slices(path: Path) -> list[Slice]:
    """Read as the format says: each end closes the innermost slice of its lane."""
    text = path.read_text()
    found: list[Slice] = []
    lanes: dict[int, str] = {}
    open_: dict[int, list[dict[str, Any]]] = {}
    for entry in json.loads(text if text.endswith("]\n") else f"{text}]"):
        stack = open_.setdefault(entry["tid"], [])
        if entry["ph"] == "M" and entry["name"] == "thread_name":
            lanes[entry["tid"]] = entry["args"]["name"]
        elif entry["ph"] == "B":
            stack.append(entry)
        elif entry["ph"] == "E":
            found.append(as_slice(lanes, stack, entry))
            stack.pop()
    for stack in open_.values():
        while stack:
            found.append(as_slice(lanes, stack, None))
            stack.pop()
    return found


def as_slice(
    lanes: dict[int, str], stack: list[dict[str, Any]], end: dict[str, Any] | None
) -> Slice:
    *outer, begin = stack
    return Slice(
        begin["name"],
        begin["cat"],
        lanes[begin["tid"]],
        tuple(entry["name"] for entry in outer),
        begin["ts"] / 1e6,
        None if end is None else end["ts"] / 1e6,
        {**begin["args"], **({} if end is None else end["args"])},
    )


def marks(path: Path) -> set[tuple[str, str]]:
    """Kind and name of every mark."""
    return {(e["cat"], e["name"]) for e in json.loads(path.read_text()) if e["ph"] == "i"}


async def a_varied_run(path: Path) -> Run:
    """Two jobs at once, two steps at once, a service, a retry, a limit, a diagnostic, a skip."""
    asked = anyio.Event()
    workflow = Workflow("varied", on_failure=OnFailure.CONTINUE)

    async def serve(context: Context) -> None:
        ready = Line("up")
        async with (
            context.service(Service("db", shell("echo up; exec sleep 60"), ready=ready)),
            anyio.create_task_group() as tasks,
        ):
            tasks.start_soon(context.run, Step("left", shell("sleep 0.1")))
            tasks.start_soon(context.run, Step("right", shell("sleep 0.1")))
        asked.set()

    async def hang(context: Context) -> None:
        context.log("patience", pages=3)
        await asked.wait()
        await context.run(
            Step(
                "hang",
                shell("exec sleep 60"),
                timeout=0.05,
                retry=Retry(on=StepError, attempts=2, delay=0.01, jitter=0),
                diagnose=[
                    Diagnostic(Step("look", shell("true")), while_running=True),
                    Step("after", shell("exit 3")),
                ],
            )
        )

    workflow.job(serve)
    hung = workflow.job(hang)
    workflow.job(nothing, needs=[hung])
    return await workflow.run(hooks=[ChromeTrace(path)])


async def test_slices_lie_within_what_they_are_part_of(tmp_path: Path) -> None:
    """Run, job, step, attempt; a diagnostic within what it explains; a wait between attempts."""
    await a_varied_run(tmp_path / "trace.json")

    found = slices(tmp_path / "trace.json")
    lanes = {s.name: s.lane for s in found if s.kind in ("run", "job", "step", "service")}
    assert {lanes.pop("left"), lanes.pop("right")} == {"jobs 1", "steps 1"}
    assert lanes == {
        "varied": "run",
        "serve": "jobs 1",
        "hang": "jobs 2",
        "db": "services 1",
    }
    nested = [(s.name, s.within) for s in found if s.lane == "jobs 2"]
    assert nested == [
        ("attempt 1", ("hang", "hang", "attempt 1", "look")),
        ("look", ("hang", "hang", "attempt 1")),
        ("attempt 1", ("hang", "hang")),
        ("again in 0.01 s", ("hang", "hang")),
        ("attempt 1", ("hang", "hang", "attempt 2", "look")),
        ("look", ("hang", "hang", "attempt 2")),
        ("attempt 2", ("hang", "hang")),
        ("attempt 1", ("hang", "hang", "after")),
        ("after", ("hang", "hang")),
        ("hang", ("hang",)),
        ("hang", ()),
    ]


async def test_ends_limits_and_words_are_told(tmp_path: Path) -> None:
    """Outcome, cause and how a command ended on its slice; limits and logs as marks."""
    await a_varied_run(tmp_path / "trace.json")

    found = slices(tmp_path / "trace.json")
    attempts = [s for s in found if s.within == ("hang", "hang") and s.kind == "attempt"]
    assert [s.values["outcome"] for s in attempts] == ["timed_out", "timed_out"]
    assert attempts[0].values["command"] == "sh -c 'exec sleep 60'"
    assert attempts[0].values["pid"] > 0
    assert (attempts[0].values["how"], attempts[0].values["signals"]) == ("SIGTERM", ["SIGTERM"])
    (failed,) = (s for s in found if s.within == ("hang", "hang", "after"))
    assert failed.values["how"] == "exit code 3"
    told = marks(tmp_path / "trace.json")
    assert ("service", "ready") in told
    assert ("log", "patience") in told
    assert ("job", "nothing skipped") in told
    assert any(kind == "limit" and "timeout of 0.05 s" in name for kind, name in told)


async def test_the_trace_of_a_killed_run_shows_what_was_running(tmp_path: Path) -> None:
    """Cut after any event it is an array that was not closed, its slices those still open."""
    await a_varied_run(tmp_path / "trace.json")
    whole = slices(tmp_path / "trace.json")
    lines = (tmp_path / "trace.json").read_text().splitlines()[1:]
    lines[0] = f"[{lines[0]}"

    for number, line in enumerate(lines, 1):
        (tmp_path / "cut.json").write_text("\n".join(lines[:number]).rstrip(","))
        found = slices(tmp_path / "cut.json")
        assert {seen(s) for s in found if s.end is not None} <= {seen(s) for s in whole}
        if '"name": "look"' in line:
            break
    running = [(s.name, s.kind) for s in found if s.end is None and s.lane == "jobs 2"]
    assert running == [
        ("look", "diagnostic"),
        ("attempt 1", "attempt"),
        ("hang", "step"),
        ("hang", "job"),
    ]


def seen(slice_: Slice) -> tuple[Any, ...]:
    return (slice_.name, slice_.lane, slice_.within, slice_.begin, slice_.end)


@given(st.integers(0, 10_000), st.sampled_from(["asyncio", "trio"]))
@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_every_slice_is_closed_whatever_happens(tmp_path: Path, seed: int, backend: str) -> None:
    """Random failures and cancellations: slices nest, none is left open, none ends early."""
    chance = random.Random(seed)
    workflow = Workflow("w", on_failure=chance.choice(list(OnFailure)), concurrency=3)
    for number in range(4):
        workflow.job(random_job(chance), name=f"job{number}")
    events: list[Event] = []

    async def main() -> None:
        with anyio.move_on_after(chance.choice([0.01, 0.03, 5])):
            hooks: list[Hook] = [ChromeTrace(tmp_path / "trace.json"), events.append]
            await workflow.run(hooks=hooks, interrupted_by=Interrupts())

    anyio.run(main, backend=backend)

    found = slices(tmp_path / "trace.json")
    assert all(s.end is not None and s.end >= s.begin for s in found)
    began = [type(e).__name__ for e in events if type(e).__name__.endswith("Started")]
    assert len(found) == len(began)
    for kind, depth in {"run": 0, "job": 0, "step": 1, "attempt": 2}.items():
        assert all(len(s.within) >= depth for s in found if s.kind == kind)
