"""Folds the events of a run into records."""

from __future__ import annotations

from typing import Any

from attrs import evolve

from procman._taker import Taker
from procman.events import (
    AttemptEnded,
    AttemptStarted,
    JobEnded,
    JobStarted,
    RunEnded,
    RunStarted,
    ServiceEnded,
    ServiceReady,
    ServiceStarted,
    StepEnded,
    StepStarted,
)
from procman.records import AttemptRecord, JobRecord, ServiceRecord, StartRecord, StepRecord


class _Running:
    """A step that has not ended: a record is made of it when somebody asks, or it ends."""

    def __init__(self, started: StepStarted) -> None:
        self._started = started
        self._attempts: list[AttemptRecord] = []
        self._attempt: AttemptStarted | None = None

    def start_attempt(self, event: AttemptStarted) -> None:
        self._attempt = event

    def end_attempt(self, event: AttemptEnded) -> None:
        """Keep the attempt that ended, if its start was told."""
        if (started := self._attempt) is None:
            return
        self._attempt = None
        self._attempts.append(
            AttemptRecord(
                started.number,
                started.command,
                started.at,
                event.at - started.at,
                event.outcome,
                event.cause,
                event.output,
                event.retry_in,
            )
        )

    def record(self, ended: StepEnded | None = None) -> StepRecord:
        """What is known of it now."""
        attempts = tuple(self._attempts)
        if (running := self._attempt) is not None:
            attempts += (AttemptRecord(running.number, running.command, running.at),)
        started = self._started
        return StepRecord(
            started.id,
            started.step,
            started.job,
            started.at,
            attempts,
            None if ended is None else ended.at - started.at,
            None if ended is None else ended.outcome,
            "" if ended is None else ended.cause,
            started.diagnoses,
        )


class Recorder(Taker):
    """
    Remembers a run; what has not ended yet, or never will, has no outcome.

    Attributes:
        started: The first event.
        ended: The last event; None while the run goes on, or if it was killed.
    """

    def __init__(self) -> None:
        super().__init__()
        self.started: RunStarted | None = None
        self.ended: RunEnded | None = None
        self._needs: dict[str, tuple[str, ...]] = {}
        self._running: dict[str, float] = {}
        self._ended: dict[str, JobRecord] = {}
        self._running_steps: dict[int, _Running] = {}
        self._steps: dict[int, StepRecord] = {}
        self._steps_of: dict[str, list[int]] = {}
        self._services: dict[int, ServiceRecord] = {}

    def step(self, id: int) -> StepRecord:  # noqa: A002
        """What is known of a step of a job that has not ended yet."""
        running = self._running_steps.get(id)
        return self._steps[id] if running is None else running.record()

    def services(self) -> tuple[ServiceRecord, ...]:
        """What is known of each service, in the order of their first starts."""
        return tuple(self._services.values())

    def jobs(self) -> tuple[JobRecord, ...]:
        """What is known of each job, in the order they were added."""
        return tuple(self._job(name) for name in self._needs)

    def _job(self, name: str) -> JobRecord:
        if name in self._ended:
            return self._ended[name]
        started, steps = self._running.get(name), self._steps_of.get(name, ())
        return JobRecord(
            name, self._needs[name], started=started, steps=tuple(map(self.step, steps))
        )

    def _start_run(self, event: RunStarted) -> None:
        self.started = event
        self._needs = dict(event.jobs)

    def _end_run(self, event: RunEnded) -> None:
        self.ended = event

    def _start_job(self, event: JobStarted) -> None:
        self._running[event.job] = event.at

    def _end_job(self, event: JobEnded) -> None:
        name = event.job
        started = self._running.pop(name, None)
        self._ended[name] = JobRecord(
            name,
            self._needs[name],
            event.outcome,
            event.cause,
            started,
            None if started is None else event.at - started,
            self._take_steps(name) if name in self._steps_of else (),
        )

    def _take_steps(self, job: str) -> tuple[StepRecord, ...]:
        ids = self._steps_of.pop(job)
        steps = tuple(map(self.step, ids))
        for id_ in ids:
            self._steps.pop(id_, None)
            self._running_steps.pop(id_, None)
        return steps

    def _start_step(self, event: StepStarted) -> None:
        self._running_steps[event.id] = _Running(event)
        self._steps_of.setdefault(event.job, []).append(event.id)

    def _end_step(self, event: StepEnded) -> None:
        self._steps[event.id] = self._running_steps.pop(event.id).record(event)

    def _start_attempt(self, event: AttemptStarted) -> None:
        self._running_steps[event.id].start_attempt(event)

    def _end_attempt(self, event: AttemptEnded) -> None:
        self._running_steps[event.id].end_attempt(event)

    def _start_service(self, event: ServiceStarted) -> None:
        record = self._services.get(event.id, ServiceRecord(event.id, event.service, event.job))
        start = StartRecord(event.number, event.command, event.at)
        self._services[event.id] = evolve(record, starts=(*record.starts, start))

    def _ready_service(self, event: ServiceReady) -> None:
        self._change_start(event.id, ready=event.at)

    def _end_service(self, event: ServiceEnded) -> None:
        started = self._services[event.id].starts[-1].started
        self._change_start(
            event.id,
            seconds=event.at - started,
            outcome=event.outcome,
            cause=event.cause,
            output=event.output,
            restart_in=event.restart_in,
        )

    def _change_start(self, id_: int, **changes: Any) -> None:
        record = self._services[id_]
        *before, last = record.starts
        self._services[id_] = evolve(record, starts=(*before, evolve(last, **changes)))
