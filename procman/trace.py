"""A run as a picture: its events in a trace file that Perfetto and chrome://tracing open."""

from __future__ import annotations

from pathlib import Path

from procman._taker import Taker
from procman._trace_file import Lanes, TraceFile
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
from procman.outcome import Outcome

RUN = 0
"""The lane of the run itself."""

FIRST_LANES = {"jobs": 1, "steps": 100_001, "services": 200_001}
"""Lanes of a kind stand together, so many of them may there be."""

Ended = RunEnded | JobEnded | StepEnded | AttemptEnded | ServiceEnded


class ChromeTrace(Taker):
    """
    A hook that draws a run into a file in the Trace Event Format.

    The run, its jobs, their steps and the attempts at those are slices, each within the other;
    what runs at the same time lies on another lane. Waits before the next attempt and services
    are slices too; limits that were reached and what jobs say are marks. What a command printed
    is not drawn.

    A slice is written when it begins and once more when it ends: the file of a run that was
    killed shows what was running. Its array is not closed then, which the format allows.

    Source of the format: "Trace Event Format", linked from https://www.chromium.org/developers
    and read by https://ui.perfetto.dev.
    """

    def __init__(self, path: Path | str) -> None:
        super().__init__()
        self._path = Path(path)
        self._file: TraceFile
        self._lanes: Lanes
        self._nested: dict[str, int] = {}
        self._waiting: set[int] = set()

    def _start_run(self, event: RunStarted) -> None:
        self._file = TraceFile(self._path)
        self._lanes = Lanes(self._file.name_lane)
        self._file.name_run(event.workflow)
        self._file.name_lane(RUN, "run")
        values = {"run_id": event.run_id, "started_at": event.started_at}
        self._file.begin(RUN, event.at, "run", event.workflow, values)

    def _end_run(self, event: RunEnded) -> None:
        self._end(RUN, event)
        self._file.close()

    def _start_job(self, event: JobStarted) -> None:
        self._file.begin(self._take(event.job, "jobs"), event.at, "job", event.job, {})

    def _end_job(self, event: JobEnded) -> None:
        if self._lanes.of(event.job) is None:
            name = f"{event.job} {event.outcome.value}"
            self._file.mark(RUN, event.at, "job", name, {"cause": event.cause})
        else:
            self._end(self._lanes.leave(event.job), event)

    def _log(self, event: JobLogged) -> None:
        self._file.mark(self._lane(event.job), event.at, "log", event.message, event.fields)

    def _start_step(self, event: StepStarted) -> None:
        if event.diagnoses is not None:
            # One after another, while what it diagnoses has not ended.
            lane, kind = self._lanes.join(event.id, event.diagnoses), "diagnostic"
        elif event.job in self._nested:
            # The job runs several at once.
            lane, kind = self._take(event.id, "steps"), "step"
        else:
            self._nested[event.job] = event.id
            lane, kind = self._lanes.join(event.id, event.job), "step"
        self._file.begin(lane, event.at, kind, event.step, {"id": event.id, "job": event.job})

    def _end_step(self, event: StepEnded) -> None:
        self._end_wait(event.id, event.at)
        if self._nested.get(event.job) == event.id:
            del self._nested[event.job]
        self._end(self._lanes.leave(event.id), event)

    def _start_attempt(self, event: AttemptStarted) -> None:
        self._end_wait(event.id, event.at)
        values = {"command": event.command}
        name = f"attempt {event.number}"
        self._file.begin(self._lane(event.id), event.at, "attempt", name, values)

    def _end_attempt(self, event: AttemptEnded) -> None:
        lane = self._lane(event.id)
        self._end(lane, event)
        if event.retry_in is not None:
            name = f"again in {event.retry_in:g} s"
            self._file.begin(lane, event.at, "retry", name, {})
            self._waiting.add(event.id)

    def _end_wait(self, id_: int, at: float) -> None:
        if id_ in self._waiting:
            self._waiting.remove(id_)
            self._file.end(self._lane(id_), at, {})

    def _start_service(self, event: ServiceStarted) -> None:
        lane = self._take(event.id, "services")
        values = {"command": event.command, "pid": event.pid, "start": event.number}
        self._file.begin(lane, event.at, "service", event.service, values)

    def _ready_service(self, event: ServiceReady) -> None:
        self._file.mark(self._lane(event.id), event.at, "service", "ready", {})

    def _end_service(self, event: ServiceEnded) -> None:
        self._end(self._lanes.leave(event.id), event)

    def _take(self, key: int | str, kind: str) -> int:
        return self._lanes.take(key, kind, FIRST_LANES[kind])

    def _lane(self, key: int | str) -> int:
        lane = self._lanes.of(key)
        return RUN if lane is None else lane

    def _end(self, lane: int, event: Ended) -> None:
        if event.outcome is Outcome.TIMED_OUT:
            self._file.mark(lane, event.at, "limit", event.cause, {})
        self._file.end(lane, event.at, _values(event))


def _values(event: Ended) -> dict[str, object]:
    values: dict[str, object] = {"outcome": event.outcome.value, "cause": event.cause}
    if isinstance(event, AttemptEnded | ServiceEnded) and event.output is not None:
        output = event.output
        values |= {"pid": output.pid, "how": output.how, "signals": output.signals}
        values["left_over"] = output.left_over
    return {name: value for name, value in values.items() if value not in ("", (), 0, None)}
