"""A run as OpenTelemetry spans; in the extra ``otel``."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping

from opentelemetry import propagate, trace
from opentelemetry.context import Context
from opentelemetry.trace import Span, SpanKind, StatusCode, TracerProvider

from procman._conventions import Attributes, error_type, of_command, of_output, result
from procman._taker import Taker
from procman.events import (
    AttemptEnded,
    AttemptStarted,
    JobEnded,
    JobLogged,
    JobStarted,
    RunEnded,
    RunStarted,
    ServiceEnded,
    ServiceReady,
    ServiceStarted,
    StepEnded,
    StepStarted,
)
from procman.hooks import ChildStart
from procman.outcome import Outcome

Key = tuple[str | int, ...]
"""Names an open span: the run, a job by its name, a step by its id, a child by id and number."""

RUN: Key = ("run",)


class SpanHook(Taker):
    """
    A hook that makes spans: of the run, its jobs, their steps, the attempts at those, services.

    The run is a part of the span that is current when it begins, or else of the one that
    ``TRACEPARENT`` names in our own environment. Each child gets a ``TRACEPARENT`` that names
    its own span; none where nothing is recorded.

    The run and its jobs carry the attributes of CI/CD pipelines and their tasks, attempts and
    services those of a program seen by its caller. An error is what the step calls one: an
    exit code that it accepts is none. Command lines are redacted; what is printed is not told.

    Sources: the semantic conventions for CICD spans, for CLI programs (client spans), and for
    environment variables as carriers of a context, https://opentelemetry.io/docs/specs/.
    """

    def __init__(self, tracer_provider: TracerProvider | None = None) -> None:
        super().__init__()
        self._tracer = trace.get_tracer("procman", tracer_provider=tracer_provider)
        self._spans: dict[Key, Span] = {}
        self._run_id = ""
        self._began = 0

    def environment(self, start: ChildStart) -> Mapping[str, str]:
        """The context of the child's span, as the propagators write it."""
        key = ("child", start.id, start.number)
        if key not in self._spans:
            # A service: its events come when it was started.
            self._begin(key, start.name, _now(), self._parent(start.job), kind=SpanKind.CLIENT)
        carrier: dict[str, str] = {}
        propagate.inject(carrier, trace.set_span_in_context(self._spans[key]))
        return {name.upper().replace("-", "_"): value for name, value in carrier.items()}

    def _start_run(self, event: RunStarted) -> None:
        # All else is told by the run's own clock, which does not jump.
        self._began = _now()
        self._run_id = event.run_id
        attributes: Attributes = {
            "cicd.pipeline.name": event.workflow,
            "cicd.pipeline.run.id": event.run_id,
            "cicd.pipeline.action.name": "RUN",
        }
        self._spans[RUN] = self._tracer.start_span(
            f"RUN {event.workflow}", _surroundings(), SpanKind.SERVER, attributes
        )

    def _end_run(self, event: RunEnded) -> None:
        for key in [key for key in self._spans if key != RUN]:
            # A service that the system refused to start.
            self._end(key, event.at, Outcome.FAILED, "not started", {})
        attributes = result("cicd.pipeline.result", event.outcome)
        self._end(RUN, event.at, event.outcome, event.cause, attributes)

    def _start_job(self, event: JobStarted | JobEnded) -> None:
        self._begin(
            ("job", event.job),
            event.job,
            self._moment(event.at),
            self._spans[RUN],
            attributes={
                "cicd.pipeline.task.name": event.job,
                "cicd.pipeline.task.run.id": f"{self._run_id}/{event.job}",
            },
        )

    def _end_job(self, event: JobEnded) -> None:
        if ("job", event.job) not in self._spans:
            # It never had its turn.
            self._start_job(event)
        attributes = result("cicd.pipeline.task.run.result", event.outcome)
        self._end(("job", event.job), event.at, event.outcome, event.cause, attributes)

    def _log(self, event: JobLogged) -> None:
        fields = {f"procman.log.{name}": value for name, value in event.fields.items()}
        self._parent(event.job).add_event(event.message, fields, self._moment(event.at))

    def _start_step(self, event: StepStarted) -> None:
        diagnosed = event.diagnoses
        parent = self._parent(event.job) if diagnosed is None else self._spans["step", diagnosed]
        self._begin(
            ("step", event.id),
            event.step,
            self._moment(event.at),
            parent,
            attributes={"procman.diagnostic": diagnosed is not None},
        )

    def _end_step(self, event: StepEnded) -> None:
        self._end(("step", event.id), event.at, event.outcome, event.cause, {})

    def _start_attempt(self, event: AttemptStarted) -> None:
        command = of_command(event.command)
        self._begin(
            ("child", event.id, event.number),
            str(command["process.executable.name"]),
            self._moment(event.at),
            self._spans["step", event.id],
            kind=SpanKind.CLIENT,
            attributes={"procman.attempt": event.number, **command},
        )

    def _end_attempt(self, event: AttemptEnded) -> None:
        attributes = of_output(event.output)
        if event.retry_in is not None:
            attributes["procman.retry_in"] = event.retry_in
        key = ("child", event.id, event.number)
        self._end(key, event.at, event.outcome, event.cause, attributes)

    def _start_service(self, event: ServiceStarted) -> None:
        span = self._spans["child", event.id, event.number]
        span.set_attributes(of_command(event.command))
        span.set_attribute("process.pid", event.pid)

    def _ready_service(self, event: ServiceReady) -> None:
        span = self._spans["child", event.id, event.number]
        span.add_event("ready", timestamp=self._moment(event.at))

    def _end_service(self, event: ServiceEnded) -> None:
        key = ("child", event.id, event.number)
        self._end(key, event.at, event.outcome, event.cause, of_output(event.output))

    def _parent(self, job: str) -> Span:
        return self._spans.get(("job", job), self._spans[RUN])

    def _moment(self, at: float) -> int:
        return self._began + round(at * 1e9)

    def _begin(
        self,
        key: Key,
        name: str,
        moment: int,
        parent: Span,
        *,
        kind: SpanKind = SpanKind.INTERNAL,
        attributes: Attributes | None = None,
    ) -> None:
        context = trace.set_span_in_context(parent)
        self._spans[key] = self._tracer.start_span(
            name, context, kind, attributes, start_time=moment
        )

    def _end(
        self, key: Key, at: float, outcome: Outcome, cause: str, attributes: Attributes
    ) -> None:
        span = self._spans.pop(key)
        span.set_attributes(attributes)
        if outcome in (Outcome.FAILED, Outcome.TIMED_OUT):
            span.set_status(StatusCode.ERROR, cause)
            span.set_attribute("error.type", error_type(outcome, attributes))
        elif cause:
            span.set_attribute("procman.cause", cause)
        span.end(self._moment(at))


def _now() -> int:
    return time.time_ns()


def _surroundings() -> Context | None:
    """What the run is a part of; None for what is current."""
    if trace.get_current_span().get_span_context().is_valid:
        return None
    return propagate.extract({name.lower(): value for name, value in os.environ.items()})
