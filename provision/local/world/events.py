"""Events of machines: what Fly tells of what happened to them."""

from __future__ import annotations

from provision.local.world.hints import Any
from provision.local.world.later import json
from provision.local.world.life import Exit, Script
from provision.local.world.record import Record
from provision.local.world.store import World


class Event(Record):
    """
    An event.

    Attributes:
        type: ``launch``, ``start``, ``exit`` and so on.
        status: Often the state that was reached.
        source: ``user`` or ``flyd``.
        timestamp: Milliseconds since 1970.
        exit: How the process ended, with an ``exit`` event.
        happened_at: When it could first be seen; not shown, events may be dated back.
    """

    type: str
    status: str
    source: str
    timestamp: int
    exit: Exit | None
    happened_at: int


def list_(world: World, machine: str) -> tuple[Event, ...]:
    """Return the events of a machine that can be seen by now, the newest first."""
    sql = (
        "SELECT type, status, source, timestamp, exit, happens_at FROM events "
        "WHERE machine = ? AND happens_at <= ? ORDER BY happens_at DESC, number DESC"
    )
    rows = world.rows(sql, machine, world.clock.now())
    return tuple(_event(row) for row in rows)


def write(world: World, machine: str, script: Script, *, begins: int) -> None:
    """
    Add the events of *script*, and forget those that will not happen any more.

    What is dated back can be seen at once: it is a thing of the past, and flyctl, which looks for
    a start as soon as a machine is created, looks again only after half a second.
    """
    sql = "DELETE FROM events WHERE machine = ? AND happens_at > ?"
    world.execute(sql, machine, begins)
    for happening in script:
        if happening.event:
            at = begins + happening.after_ms
            world.insert(
                "events",
                machine=machine,
                happens_at=begins if happening.back_ms else at,
                timestamp=at - happening.back_ms,
                type=happening.event,
                status=happening.status,
                source=happening.source,
                exit=None if happening.exit is None else json.dumps(happening.exit),
            )


def _event(row: list[Any]) -> Event:
    kind, status, source, timestamp, ended, happened_at = row
    exit_ = None if ended is None else Exit(*json.loads(ended))
    return Event(kind, status, source, timestamp, exit_, happened_at)
