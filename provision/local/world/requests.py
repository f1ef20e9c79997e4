"""What was asked of a world, in order: its access log."""

from __future__ import annotations

from enum import StrEnum

from provision.local.world.operations import Operation
from provision.local.world.record import Record
from provision.local.world.store import World


class Outcome(StrEnum):
    """What came of a request."""

    DONE = "done"
    REFUSED = "refused"
    """The answer was an error; with some faults the thing was done all the same."""
    UNANSWERED = "unanswered"
    """There was no answer, whether the thing was done or not."""


class Request(Record):
    """
    A request.

    Attributes:
        operation: What was asked.
        app: The app concerned, or None.
        outcome: What came of it.
        at: Milliseconds since 1970.
    """

    operation: Operation
    app: str | None
    outcome: Outcome
    at: int


def list_(world: World, *, after: int = 0) -> tuple[Request, ...]:
    """Return what was asked so far, the first request first, without the first *after* ones."""
    sql = "SELECT operation, app, outcome, at FROM requests WHERE number > ? ORDER BY number"
    rows = world.rows(sql, after)
    return tuple(Request(Operation(row[0]), row[1], Outcome(row[2]), row[3]) for row in rows)


def changes(world: World, *, after: int = 0) -> tuple[Request, ...]:
    """Return what was asked so far that changes something, or would have."""
    return tuple(each for each in list_(world, after=after) if each.operation.changes())


def count(world: World) -> int:
    """Return how often anything was asked so far."""
    return int(world.value("SELECT coalesce(max(number), 0) FROM requests"))


def write(world: World, operation: Operation, app: str | None, outcome: Outcome) -> None:
    """Add a request."""
    world.insert(
        "requests",
        operation=operation.value,
        app=app,
        outcome=outcome.value,
        at=world.clock.now(),
    )
