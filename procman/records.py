"""What happened, as values that can be read back from a journal."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import field, frozen

from procman._plain import last_lines
from procman.outcome import Outcome
from procman.output import Output

SUMMARY_BYTES = 8192
"""Bytes of each stream a summary keeps: the last ones."""


def strings(values: Iterable[str]) -> tuple[str, ...]:
    """JSON knows no tuples: what was one comes back as a list."""
    return tuple(values)


@frozen
class OutputSummary:
    """
    What a record keeps of an output: bounded, redacted, text.

    Attributes:
        how: How the command ended: ``exit code 0``, ``SIGKILL``.
        exit_code: 0 to 255; None if a signal ended it.
        stdout: The last part of stdout.
        stderr: The last part of stderr.
        signals: The signals we sent to end it, by name.
        left_over: How many descendants outlived the command and were ended after it.
        pipe_held: Whether one of them held its pipe open.
        unkillable: Whether something of it survived SIGKILL.
        containment: What guarded its descendants, as in `Containment`.
        spilled: The folder with all it printed; None if it was not spilled.
        pid: The process id it had.
    """

    how: str
    exit_code: int | None
    stdout: str
    stderr: str
    signals: tuple[str, ...] = field(default=(), converter=strings)
    left_over: int = 0
    pipe_held: bool = False
    unkillable: bool = False
    containment: str = "none"
    spilled: str | None = None
    pid: int | None = None


def summarized(output: Output) -> OutputSummary:
    """The summary of *output*; its secrets are not in it."""
    ending = output.ending
    clean = output.redacted()
    return OutputSummary(
        how=output.how,
        exit_code=output.exit_code,
        stdout=_last_part(clean.stdout),
        stderr=_last_part(clean.stderr),
        signals=tuple(sent.signal.name for sent in ending.sent),
        left_over=ending.left_over,
        pipe_held=ending.pipe_held,
        unkillable=ending.unkillable,
        containment=ending.containment.value,
        spilled=None if output.spilled is None else str(output.spilled),
        pid=output.pid,
    )


def _last_part(data: bytes) -> str:
    return data[-SUMMARY_BYTES:].decode(errors="replace")


@frozen
class AttemptRecord:
    """
    One attempt at a step.

    Attributes:
        number: Counted from 1.
        command: What was run, as one would type it.
        started: Seconds after the run began.
        seconds: How long it took; None if it is not known to have ended.
        outcome: None if it is not known to have ended.
        cause: Why it did not succeed; "" if it did.
        output: None if the command was never started, or is not known to have ended.
        retry_in: Seconds until the next attempt; None if this was the last.
    """

    number: int
    command: str
    started: float
    seconds: float | None = None
    outcome: Outcome | None = None
    cause: str = ""
    output: OutputSummary | None = None
    retry_in: float | None = None


@frozen
class StepRecord:
    """
    One step that a job ran.

    Attributes:
        id: Unique within the run, in order of start.
        name: The step's.
        job: The name of the job that ran it.
        started: Seconds after the run began.
        attempts: In order.
        seconds: With all attempts and waits; None if it is not known to have ended.
        outcome: None if it is not known to have ended.
        cause: Why it did not succeed; "" if it did.
        diagnoses: The id of the step this one was to explain; None for an ordinary step.
    """

    id: int
    name: str
    job: str
    started: float
    attempts: tuple[AttemptRecord, ...] = ()
    seconds: float | None = None
    outcome: Outcome | None = None
    cause: str = ""
    diagnoses: int | None = None

    def last_lines(self, count: int) -> tuple[str, ...]:
        """The last lines it printed: of stderr, or of stdout where that is blank."""
        outputs = [a.output for a in self.attempts if a.output is not None]
        if not outputs:
            return ()
        text = outputs[-1].stderr if outputs[-1].stderr.strip() else outputs[-1].stdout
        return last_lines(text, count)[0]


@frozen
class StartRecord:
    """
    One start of a service.

    Attributes:
        number: Counted from 1.
        command: What was run, as one would type it.
        started: Seconds after the run began.
        ready: Seconds after the run began when it was ready; None if it never was.
        seconds: How long it ran; None if it is not known to have ended.
        outcome: None if it is not known to have ended.
        cause: Why it ended; "" if it was stopped.
        output: None if it is not known to have ended.
        restart_in: Seconds until the next start; None if this was the last.
    """

    number: int
    command: str
    started: float
    ready: float | None = None
    seconds: float | None = None
    outcome: Outcome | None = None
    cause: str = ""
    output: OutputSummary | None = None
    restart_in: float | None = None


@frozen
class ServiceRecord:
    """
    A service that was started in a run.

    Attributes:
        id: Unique within the run, in order of the first start; steps have ids of the same kind.
        name: The service's.
        job: The name of the job it ran in; of a service that is a node of its own, its name.
        starts: In order.
    """

    id: int
    name: str
    job: str
    starts: tuple[StartRecord, ...] = ()


@frozen
class JobRecord:
    """
    One job of a run.

    Attributes:
        name: The job's.
        needs: The names of the jobs it needs, each with the edge if one was named: ``db.ready``.
        outcome: None if it is not known to have ended.
        cause: Why it did not succeed, or why it was skipped; "" if it succeeded.
        started: Seconds after the run began; None if it was not started.
        seconds: How long it took; None if it was not started, or not known to have ended.
        steps: In order of start, diagnostics among them.
    """

    name: str
    needs: tuple[str, ...] = ()
    outcome: Outcome | None = None
    cause: str = ""
    started: float | None = None
    seconds: float | None = None
    steps: tuple[StepRecord, ...] = ()
