"""A part of a workflow, and how far others must have come before it starts."""

from __future__ import annotations

import enum
from typing import Any, Generic, TypeVar

from attrs import field, frozen

from procman.service import Service
from procman.serving import RunningService

T_co = TypeVar("T_co", covariant=True)


class Edge(enum.Enum):
    """How far a job must have come before another that needs it may start."""

    STARTED = "started"
    READY = "ready"
    """Only services are ever ready."""

    SUCCEEDED = "succeeded"
    FINISHED = "finished"
    """Whatever became of it, be it skipped: who needs no more than this runs after failures."""


@frozen
class Need:
    """
    A job, and how far it must have come.

    Attributes:
        job: The job, or the name of one that is added later.
        edge: None for the usual: a service is ready, any other job has succeeded.
        name: Of the job.
    """

    job: Job[Any] | str
    edge: Edge | None = None
    name: str = field(init=False, repr=False, eq=False)

    @name.default
    def _name(self) -> str:
        return self.job if isinstance(self.job, str) else self.job.name

    def __str__(self) -> str:
        return self.name if self.edge is None else f"{self.name}.{self.edge.value}"


@frozen(eq=False)
class Job(Generic[T_co]):
    """
    A handle: by it other jobs need this one and read the *T_co* it returns.

    Attributes:
        name: Unique in its workflow.
        needs: What must be so before it starts.
        timeout: Seconds it may take; None for as long as it likes.
    """

    name: str
    needs: tuple[Need, ...] = ()
    timeout: float | None = None

    @property
    def needed(self) -> tuple[str, ...]:
        """The names of the jobs it needs."""
        return tuple(need.name for need in self.needs)

    @property
    def started(self) -> Need:
        """To be needed as soon as it has started."""
        return Need(self, Edge.STARTED)

    @property
    def succeeded(self) -> Need:
        """To be needed when it has succeeded."""
        return Need(self, Edge.SUCCEEDED)

    @property
    def finished(self) -> Need:
        """To be needed when it has ended, whatever became of it."""
        return Need(self, Edge.FINISHED)


@frozen(eq=False)
class ServiceJob(Job[RunningService]):
    """
    A service that is a job of its own: it runs for as long as others need it to.

    Its `started` needs it to run, its `succeeded` and `finished` need it to have been stopped.

    Attributes:
        service: What is kept running.
    """

    service: Service = field(kw_only=True)

    @property
    def ready(self) -> Need:
        """To be needed when it is ready; what naming the service alone means."""
        return Need(self, Edge.READY)
