"""Folds the events of a run into records."""

from __future__ import annotations

from typing import Any

from attrs import evolve

from procman.events import (
    AttemptEnded,
    AttemptStarted,
    Event,
    JobEnded,
    JobStarted,
    RunEnded,
    RunStarted,
    StepEnded,
    StepStarted,
)
from procman.records import AttemptRecord, JobRecord, StepRecord


class Recorder:
    """
    Remembers a run; what has not ended yet, or never will, has no outcome.

    Attributes:
        started: The first event.
        ended: The last event; None while the run goes on, or if it was killed.
    """

    def __init__(self) -> None:
        self.started: RunStarted | None = None
        self.ended: RunEnded | None = None
        self._jobs: dict[str, JobRecord] = {}
        self._steps: dict[int, StepRecord] = {}
        self._steps_of: dict[str, list[int]] = {}

    def __call__(self, event: Event) -> None:
        """Take it in."""
        match event:
            case JobStarted():
                self._change_job(event.job, started=event.at)
            case JobEnded():
                self._end_job(event)
            case StepStarted():
                self._start_step(event)
            case AttemptStarted():
                self._start_attempt(event)
            case AttemptEnded():
                self._end_attempt(event)
            case StepEnded():
                self._end_step(event)
            case RunStarted():
                self.started = event
                self._jobs = {name: JobRecord(name, needs) for name, needs in event.jobs}
            case RunEnded():
                self.ended = event
            case _:
                pass

    def step(self, id: int) -> StepRecord:  # noqa: A002
        """What is known of a step of a job that has not ended yet."""
        return self._steps[id]

    def jobs(self) -> tuple[JobRecord, ...]:
        """What is known of each job, in the order they were added."""
        return tuple(
            evolve(job, steps=self._take_steps(name)) if name in self._steps_of else job
            for name, job in self._jobs.items()
        )

    def _take_steps(self, job: str) -> tuple[StepRecord, ...]:
        return tuple(self._steps[id_] for id_ in self._steps_of.get(job, ()))

    def _change_job(self, name: str, **changes: Any) -> None:
        self._jobs[name] = evolve(self._jobs[name], **changes)

    def _end_job(self, event: JobEnded) -> None:
        started = self._jobs[event.job].started
        steps = self._take_steps(event.job)
        for id_ in self._steps_of.pop(event.job, ()):
            del self._steps[id_]
        self._change_job(
            event.job,
            outcome=event.outcome,
            cause=event.cause,
            seconds=None if started is None else event.at - started,
            steps=steps,
        )

    def _start_step(self, event: StepStarted) -> None:
        self._steps[event.id] = StepRecord(
            event.id, event.step, event.job, event.at, diagnoses=event.diagnoses
        )
        self._steps_of.setdefault(event.job, []).append(event.id)

    def _end_step(self, event: StepEnded) -> None:
        step = self._steps[event.id]
        self._steps[event.id] = evolve(
            step, outcome=event.outcome, cause=event.cause, seconds=event.at - step.started
        )

    def _start_attempt(self, event: AttemptStarted) -> None:
        step = self._steps[event.id]
        attempt = AttemptRecord(event.number, event.command, event.at)
        self._steps[event.id] = evolve(step, attempts=(*step.attempts, attempt))

    def _end_attempt(self, event: AttemptEnded) -> None:
        step = self._steps[event.id]
        *before, last = step.attempts
        ended = evolve(
            last,
            seconds=event.at - last.started,
            outcome=event.outcome,
            cause=event.cause,
            output=event.output,
            retry_in=event.retry_in,
        )
        self._steps[event.id] = evolve(step, attempts=(*before, ended))
