"""One execution of a workflow, as a value: of its events, live or out of its journal."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from signal import Signals
from typing import Any, TypeVar

from attrs import field, frozen

from procman._recorder import Recorder
from procman.job import Job
from procman.journal import read_journal
from procman.outcome import Outcome
from procman.records import JobRecord, ServiceRecord
from procman.run_errors import BrokenJournal, NoResult

T = TypeVar("T")


def _counted(records: tuple[object, ...]) -> str:
    """In place of them all: asyncio asks for it at the end of each run, however large it was."""
    return f"<{len(records)}>"


@frozen
class Run:
    """
    What became of a workflow.

    Attributes:
        workflow: Its name.
        id: Unique.
        started_at: UTC, RFC 3339.
        jobs: A record of each job, in the order they were added.
        services: A record of each service that was started, in that order.
        seconds: How long it took; None if it is not known to have ended.
        outcome: None if it is not known to have ended.
        cause: Why it did not succeed; "" if it did.
        signal: The name of the signal that stopped it; None if none did.
    """

    workflow: str
    id: str
    started_at: str
    jobs: tuple[JobRecord, ...] = field(repr=_counted)
    seconds: float | None = None
    outcome: Outcome | None = None
    cause: str = ""
    signal: str | None = None
    services: tuple[ServiceRecord, ...] = field(default=(), repr=_counted)
    _by_name: Mapping[str, JobRecord] = field(init=False, repr=False, eq=False)
    _results: Mapping[Job[Any], Any] = field(factory=dict, repr=False, eq=False)
    _errors: Mapping[Job[Any], BaseException] = field(factory=dict, repr=False, eq=False)

    @_by_name.default
    def _index(self) -> Mapping[str, JobRecord]:
        return {job.name: job for job in self.jobs}

    @classmethod
    def from_journal(cls, path: Path | str) -> Run:
        """
        The run written to the journal at *path*, as far as it got.

        It equals the run itself, but has no results and no errors: those were never written.

        Raises:
            OSError: it cannot be read.
            BrokenJournal: it is no journal.
        """
        recorder = Recorder()
        for event in read_journal(path):
            recorder(event)
        return recorded_run(recorder)

    @property
    def exit_code(self) -> int:
        """For `sys.exit`: 0, 1, or 128 and the number of the signal that stopped it."""
        if self.signal is not None:
            return 128 + Signals[self.signal].value
        return 0 if self.outcome is Outcome.SUCCEEDED else 1

    def job(self, job: Job[Any] | str) -> JobRecord:
        """
        The record of *job*.

        Raises:
            KeyError: the workflow has no such job.
        """
        return self._by_name[job if isinstance(job, str) else job.name]

    def result(self, job: Job[T]) -> T:
        """
        What *job* returned.

        Raises:
            NoResult: it did not succeed; its own error, if any, is the cause. Or the run was read
                from a journal, which keeps no results.
        """
        record = self.job(job)
        if record.outcome is Outcome.SUCCEEDED and job in self._results:
            result: T = self._results[job]
            return result
        raise NoResult(job.name, _why_none(record)) from self._errors.get(job)

    def error(self, job: Job[Any]) -> BaseException | None:
        """What *job* raised; None if it raised nothing: it succeeded, was skipped or cancelled."""
        return self._errors.get(job)

    def check(self) -> None:
        """
        See that all went well.

        Raises:
            BaseExceptionGroup: with what the jobs raised.
            NoResult: the run did not succeed, though no job raised anything.
        """
        if self._errors:
            message = f"workflow {self.workflow}: {self.cause}"
            raise BaseExceptionGroup(message, list(self._errors.values()))
        if self.outcome is not Outcome.SUCCEEDED:
            raise NoResult(self.workflow, self.cause)


def _why_none(record: JobRecord) -> str:
    if record.outcome is None:
        return "it is not known to have ended"
    if record.outcome is Outcome.SUCCEEDED:
        return "it succeeded, and journals keep no results"
    return f"{record.outcome.value}: {record.cause}"


def recorded_run(
    recorder: Recorder,
    results: Mapping[Job[Any], Any] | None = None,
    errors: Mapping[Job[Any], BaseException] | None = None,
) -> Run:
    """The run that *recorder* remembers."""
    started, ended = recorder.started, recorder.ended
    if started is None:
        raise BrokenJournal("a run begins with RunStarted")
    return Run(
        workflow=started.workflow,
        id=started.run_id,
        started_at=started.started_at,
        jobs=recorder.jobs(),
        seconds=None if ended is None else ended.at,
        outcome=None if ended is None else ended.outcome,
        cause="" if ended is None else ended.cause,
        signal=None if ended is None else ended.signal,
        services=recorder.services(),
        results=results or {},
        errors=errors or {},
    )
