"""Spans of a run, by the SDK's exporter in memory."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import NoOpTracerProvider, SpanKind, StatusCode, format_span_id
from opentelemetry.trace import TracerProvider as AnyProvider

from procman import (
    CommandFailed,
    Context,
    Event,
    Line,
    OnFailure,
    Retry,
    Secret,
    Service,
    Step,
    Workflow,
    command,
    run_step,
    text,
)
from procman.otel import SpanHook
from tests.procman.children import shell
from tests.procman.test_workflow import nothing

pytestmark = pytest.mark.anyio

TOLD = "echo $TRACEPARENT"


class Spans:
    """What was exported, by name."""

    def __init__(self) -> None:
        self.exporter = InMemorySpanExporter()
        self.provider = TracerProvider()
        self.provider.add_span_processor(SimpleSpanProcessor(self.exporter))

    @property
    def all(self) -> tuple[ReadableSpan, ...]:
        return self.exporter.get_finished_spans()

    def one(self, name: str, **attributes: object) -> ReadableSpan:
        """The span of that name, and with those attributes, dots as underscores."""
        (found,) = [
            span
            for span in self.all
            if span.name == name and attributes.items() <= plain(span).items()
        ]
        return found

    def path(self, span: ReadableSpan) -> list[str]:
        """Its name after those of all it is a part of."""
        by_id = {each.context.span_id: each for each in self.all}
        names = [span.name]
        while span.parent is not None and span.parent.span_id in by_id:
            span = by_id[span.parent.span_id]
            names.insert(0, span.name)
        return names


def plain(span: ReadableSpan) -> dict[str, Any]:
    attributes: Mapping[str, Any] = span.attributes or {}
    return {name.replace(".", "_"): value for name, value in attributes.items()}


def traceparent(span: ReadableSpan) -> str:
    """What a child of *span* is to be told, by W3C Trace Context."""
    context = span.context
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"


@pytest.fixture
def spans() -> Spans:
    return Spans()


async def test_p89_every_child_is_told_the_span_that_shows_it(spans: Spans) -> None:
    """P89: attempts, each another; diagnostics; services: TRACEPARENT is in their environment."""
    printed: dict[str, list[str]] = {}

    def listen(event: Event) -> None:
        name = getattr(event, "step", getattr(event, "service", ""))
        for line in getattr(event, "lines", ()):
            printed.setdefault(name, []).append(line)

    async def job(context: Context) -> None:
        service = Service("db", shell(f"{TOLD}; exec sleep 60"), ready=Line("00-"), live=True)
        flaky = Step(
            "flaky",
            shell(f"{TOLD}; exit 1"),
            live=True,
            retry=Retry(on=CommandFailed, attempts=2, delay=0),
            diagnose=[Step("why", shell(TOLD), live=True)],
        )
        async with context.service(service):
            await context.run(flaky)

    workflow = Workflow("w")
    workflow.job(job)
    await workflow.run(hooks=[SpanHook(spans.provider), listen])

    children = [span for span in spans.all if span.kind is SpanKind.CLIENT]
    assert {*map(traceparent, children)} == {line for told in printed.values() for line in told}
    assert len(printed["flaky"]) == len(set(printed["flaky"])) == 2
    assert traceparent(spans.one("sh", procman_attempt=2)) == printed["flaky"][1]
    assert spans.path(spans.one("sh", procman_attempt=2)) == ["RUN w", "job", "flaky", "sh"]
    assert spans.path(spans.one("why")) == ["RUN w", "job", "flaky", "why"]
    assert [traceparent(spans.one("db"))] == printed["db"]


async def test_p89_no_secret_is_in_any_attribute(spans: Spans) -> None:
    """P89: not the environment, not stdin, not even one put into argv against all advice."""
    secret = Secret("it's hunter2")
    argv = ["sh", "-c", "cat; echo $T >&2; exit 1", secret.value, f"--password={secret.value}"]
    step = Step("x", command(*argv, env={"T": secret}, stdin=secret))

    with pytest.raises(CommandFailed):
        await run_step(step, hooks=[SpanHook(spans.provider)])

    told = " ".join(span.to_json() for span in spans.all)
    assert plain(spans.one("sh"))["process_command_args"] == (
        *argv[:3],
        "[redacted]",
        "--password=[redacted]",
    )
    assert "hunter2" not in told


async def test_spans_say_what_was_run_and_how_it_ended(spans: Spans) -> None:
    """Pipelines, tasks and programs by their conventions; errors by outcome, not by exit code."""

    async def bad(context: Context) -> None:
        context.log("patience", pages=3)
        await context.run(Step("accepted", shell("exit 2"), ok=(2,)))
        await context.run(Step("slow", shell("exec sleep 60"), timeout=0.05))

    workflow = Workflow("w", on_failure=OnFailure.CONTINUE)
    failed = workflow.job(bad)
    workflow.job(nothing, needs=[failed])

    run = await workflow.run(hooks=[SpanHook(spans.provider)])

    run_span, job, skipped = spans.one("RUN w"), spans.one("bad"), spans.one("nothing")
    assert plain(run_span) == {
        "cicd_pipeline_name": "w",
        "cicd_pipeline_run_id": run.id,
        "cicd_pipeline_action_name": "RUN",
        "cicd_pipeline_result": "failure",
        "error_type": "_OTHER",
    }
    assert (run_span.kind, job.kind) == (SpanKind.SERVER, SpanKind.INTERNAL)
    assert plain(job)["cicd_pipeline_task_run_result"] == "timeout"
    assert plain(job)["cicd_pipeline_task_run_id"] == f"{run.id}/bad"
    assert [(e.name, dict(e.attributes or {})) for e in job.events] == [
        ("patience", {"procman.log.pages": "3"})
    ]
    assert plain(skipped)["cicd_pipeline_task_run_result"] == "skip"
    assert skipped.status.status_code is StatusCode.UNSET
    accepted = spans.one("sh", process_exit_code=2)
    record = run.job("bad").steps[0].attempts[0].output
    assert record is not None
    assert plain(accepted) == {
        "procman_attempt": 1,
        "process_executable_name": "sh",
        "process_command_args": ("sh", "-c", "exit 2"),
        "process_pid": record.pid,
        "process_exit_code": 2,
    }
    assert accepted.status.status_code is StatusCode.UNSET
    ended = spans.one("sh", procman_ended_by="SIGTERM")
    assert plain(ended)["error_type"] == "timeout"
    assert ended.status.status_code is StatusCode.ERROR
    assert (ended.status.description or "").startswith("timeout of 0.05 s reached")


async def test_a_service_that_is_refused_is_an_error(spans: Spans) -> None:
    """Its span began when the child was to be told; it does not stay open."""

    async def job(context: Context) -> None:
        async with context.service(Service("db", command("no-such-program"))):
            raise AssertionError

    workflow = Workflow("w")
    workflow.job(job)
    await workflow.run(hooks=[SpanHook(spans.provider)])

    assert spans.one("db").status.status_code is StatusCode.ERROR
    assert spans.path(spans.one("db")) == ["RUN w", "job", "db"]


async def test_a_run_is_a_part_of_what_is_current_or_of_our_own_trace(
    spans: Spans, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The current span counts; without one the TRACEPARENT that we were started with."""
    step = Step("x", shell("true"))
    above = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    monkeypatch.setenv("TRACEPARENT", above)

    await run_step(step, hooks=[SpanHook(spans.provider)])
    from_environment = spans.one("RUN x")
    spans.exporter.clear()
    with spans.provider.get_tracer("tests").start_as_current_span("mine") as mine:
        await run_step(step, hooks=[SpanHook(spans.provider)])

    assert from_environment.parent is not None
    assert format_span_id(from_environment.parent.span_id) == "b7ad6b7169203331"
    assert f"{from_environment.context.trace_id:032x}" in above
    assert spans.path(spans.one("RUN x")) == ["mine", "RUN x"]
    assert mine.get_span_context().trace_id == spans.one("RUN x").context.trace_id


async def test_nothing_is_told_where_nothing_is_recorded() -> None:
    """Without an SDK there are no spans, and no child is told of any."""
    providers: list[AnyProvider] = [NoOpTracerProvider()]

    found = await run_step(Step("x", shell(TOLD), text), hooks=[SpanHook(providers[0])])

    assert found == ""


async def test_what_a_command_says_of_the_variable_counts(spans: Spans) -> None:
    """A hook adds to the environment, and takes nothing away."""
    step = Step("x", shell(TOLD, env={"TRACEPARENT": "mine"}), text)

    assert (await run_step(step, hooks=[SpanHook(spans.provider)])).strip() == "mine"


async def test_a_hook_that_cannot_say_its_environment_stops_the_run() -> None:
    """As any hook that raises."""

    class Broken:
        def __call__(self, event: Event) -> None: ...

        def environment(self, _: object) -> Mapping[str, str]:
            raise OSError("no trace")

    with pytest.raises(OSError, match="no trace"):
        await run_step(Step("x", shell("exec sleep 60")), hooks=[Broken()])


def test_p68_importing_procman_loads_none_of_what_its_hooks_need() -> None:
    """P68: structlog, rich and OpenTelemetry are loaded by who uses them."""
    loaded = subprocess.run(
        [sys.executable, "-c", "from procman import *; import sys; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()

    assert "procman.trace" in loaded
    assert not {"structlog", "rich", "opentelemetry", "click", "pytest"} & {*loaded}
