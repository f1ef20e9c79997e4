"""What a scenario is, and the usual ways to make one."""

from __future__ import annotations

from provision.local.world.faults import Fault, Kind, Mark
from provision.local.world.record import Record


class Scenario(Record):
    """
    A scenario.

    Attributes:
        sentence: What goes wrong.
        faults: As what the world is told of it.
    """

    sentence: str
    faults: tuple[Fault, ...]


def refuse(sentence: str, operation: str, status: int, message: str, code: str = "") -> Scenario:
    """Return a scenario in which *operation* is refused, always."""
    return Scenario(sentence, (Fault(operation, Kind.REFUSE, status, message, code),))


def once(sentence: str, operation: str, kind: Kind, status: int = 0) -> Scenario:
    """Return a scenario in which *kind* happens to *operation*, once."""
    return Scenario(sentence, (Fault(operation, kind, status, "bad gateway", times=1),))


def mark_(
    sentence: str, mark: Mark, *, message: str = "", seconds: float = 0.0, times: int | None = None
) -> Scenario:
    """Return a scenario that the rules look for by its *mark*."""
    fault = Fault(mark.value, Kind.MARK, 0, message, seconds=seconds, times=times)
    return Scenario(sentence, (fault,))
