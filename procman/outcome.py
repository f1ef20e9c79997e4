"""How things end: outcomes for policy, limits that name themselves."""

from __future__ import annotations

import enum

from attrs import frozen


class Outcome(enum.Enum):
    """How a run, a job, a step or an attempt ended."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    TIMED_OUT = "timed_out"
    CANCELLED = "cancelled"
    SKIPPED = "skipped"

    @property
    def past(self) -> str:
        """What became of it, as the rest of a sentence."""
        words = str(self.value).replace("_", " ")
        return f"was {words}" if self in (Outcome.CANCELLED, Outcome.SKIPPED) else words


class OnFailure(enum.Enum):
    """What a failed job does to those that do not need it; running ones always finish."""

    FINISH = "finish"
    """Nothing new starts, but for jobs that need another to have `finished`."""

    CONTINUE = "continue"
    """They go on."""


class LimitName(enum.Enum):
    """Every limit there is, by the name of what sets it."""

    TIMEOUT = "timeout"
    """`Step.timeout`: one attempt took too long."""

    QUIET = "quiet"
    """`Step.quiet`: nothing was printed for too long."""

    DEADLINE = "deadline"
    """`Step.deadline`: all attempts with their waits took too long."""

    DIAGNOSTICS = "diagnose budget"
    """`Step.diagnose_budget`: its diagnostics together took too long."""

    DRAIN = "drain"
    """`Capture.drain`: a descendant held the streams of a command that had ended for too long."""

    GRACE = "grace"
    """`Stop.signals`: what was to end did not obey a signal."""

    KILL = "kill"
    """`Stop.kill`: something survived SIGKILL."""

    READY = "ready timeout"
    """`Service.ready_timeout`: it did not become ready."""

    PROBE = "probe timeout"
    """`Liveness.timeout`: one question was not answered."""

    JOB = "job timeout"
    """`Job.timeout`."""

    WORKFLOW = "workflow timeout"
    """`Workflow.timeout`."""


@frozen
class Limit:
    """A limit and its value in seconds."""

    name: LimitName
    seconds: float

    def __str__(self) -> str:
        return f"{self.name.value} of {self.seconds:g} s"
