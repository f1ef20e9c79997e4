"""What workflows, their runs and journals raise."""

from __future__ import annotations

from collections.abc import Sequence

from procman.errors import ProcmanError
from procman.outcome import Limit, Outcome


class WorkflowRefused(ProcmanError):
    """
    Raised before any job of a workflow runs.

    Attributes:
        workflow: Its name.
        problems: All there are, a sentence each.
    """

    def __init__(self, workflow: str, problems: Sequence[str]) -> None:
        self.workflow = workflow
        self.problems = tuple(problems)
        super().__init__(workflow, self.problems)

    def __str__(self) -> str:
        return "\n  ".join((f"workflow {self.workflow} cannot be run:", *self.problems))


class InvalidWorkflow(WorkflowRefused):
    """Raised when the jobs of a workflow do not fit together."""


class RequirementsUnmet(WorkflowRefused):
    """Raised when a program that a workflow requires is missing here, or of another version."""


class JobTimedOut(ProcmanError, TimeoutError):
    """Raised for a job that was ended because its own or its workflow's limit was reached."""

    outcome = Outcome.TIMED_OUT

    def __init__(self, job: str, limit: Limit) -> None:
        self.job = job
        self.limit = limit
        super().__init__(job, limit)

    def __str__(self) -> str:
        return f"job {self.job}: {self.limit} reached"


class NoResult(ProcmanError):
    """Raised when the result of a job is asked for that has none, or was not needed."""

    def __init__(self, job: str, reason: str) -> None:
        self.job = job
        self.reason = reason
        super().__init__(job, reason)

    def __str__(self) -> str:
        return f"no result of job {self.job}: {self.reason}"


class BrokenJournal(ProcmanError):
    """Raised when a line of a journal, other than a torn last one, is no event."""
