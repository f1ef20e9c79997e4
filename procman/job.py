"""A part of a workflow and what must be done before it."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

from attrs import frozen

T_co = TypeVar("T_co", covariant=True)


@frozen(eq=False)
class Job(Generic[T_co]):
    """
    A handle: by it other jobs need this one and read the *T_co* it returns.

    Attributes:
        name: Unique in its workflow.
        needs: The jobs that must have succeeded before; a str names one that is added later.
        timeout: Seconds it may take; None for as long as it likes.
    """

    name: str
    needs: tuple[Job[Any] | str, ...] = ()
    timeout: float | None = None

    @property
    def needed(self) -> tuple[str, ...]:
        """The names of the jobs it needs."""
        return tuple(need if isinstance(need, str) else need.name for need in self.needs)
