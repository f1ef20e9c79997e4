"""Logs: what machines and those who run them have said."""

from __future__ import annotations

from provision.local.world import apps, identity
from provision.local.world.faults import Mark, marked
from provision.local.world.life import Script
from provision.local.world.record import Record
from provision.local.world.store import World

PAGE = 100
HUGE_LINES = 5000


class LogLine(Record):
    """
    A line.

    Attributes:
        id: A ULID; sorts in the order of writing.
        instance: The machine it is from.
        region: Where that is.
        provider: ``app`` or ``runner``.
        level: ``info`` or another.
        message: The line.
        happened_at: Milliseconds since 1970.
    """

    id: str
    instance: str
    region: str
    provider: str
    level: str
    message: str
    happened_at: int


def list_(
    world: World, app: str, *, after: str = "", instance: str = "", region: str = ""
) -> tuple[LogLine, ...]:
    """
    Return the last lines of *app*, the oldest first.

    Args:
        world: The world.
        app: Its name.
        after: The id of the last line known already.
        instance: Only of this machine.
        region: Only of machines there.

    Raises:
        AppNotFound: There is no such app.
    """
    number = apps.show(world, app).number
    if marked(world, Mark.LOGS_EMPTY, app):
        return ()
    huge = marked(world, Mark.LOGS_HUGE, app)
    sql = (
        "SELECT id, instance, region, provider, level, message, happens_at FROM logs "
        "WHERE app = ? AND happens_at <= ? AND id > ? "
        "AND ? IN ('', instance) AND ? IN ('', region) ORDER BY happens_at DESC, id DESC LIMIT ?"
    )
    rows = world.rows(sql, number, world.clock.now(), after, instance, region, PAGE)
    lines = tuple(LogLine(*row) for row in reversed(rows))
    return lines * (HUGE_LINES // len(lines)) if huge and lines else lines


def write(
    world: World, app: int, machine: str, region: str, script: Script, *, begins: int
) -> None:
    """Add the lines of *script*, and forget those that will not be written any more."""
    world.execute("DELETE FROM logs WHERE instance = ? AND happens_at > ?", machine, begins)
    for happening in script:
        for provider, message in happening.logs:
            world.insert(
                "logs",
                id=identity.ulid(world),
                app=app,
                instance=machine,
                region=region,
                provider=provider,
                level="info",
                message=message,
                happens_at=begins + happening.after_ms,
            )
