"""Secrets: a name and a digest; the world never keeps a value."""

from __future__ import annotations

from collections.abc import Mapping

from provision.local.world import apps, identity
from provision.local.world.faults import Mark, marked
from provision.local.world.later import re
from provision.local.world.record import Record
from provision.local.world.refusals import Invalid
from provision.local.world.store import World

_NAME = r"(?a:\w+)"


class AppSecret(Record):
    """
    A secret of an app.

    Attributes:
        name: As it was given.
        digest: Changes with the value, and does not tell it.
        created_at: Milliseconds since 1970.
        updated_at: When it was last set.
    """

    name: str
    digest: str
    created_at: int
    updated_at: int


def list_(world: World, app: str) -> tuple[AppSecret, ...]:
    """
    Return the secrets of *app*, by name.

    Raises:
        AppNotFound: There is no such app.
    """
    sql = "SELECT name, digest, created_at, updated_at FROM secrets WHERE app = ? ORDER BY name"
    return tuple(AppSecret(*row) for row in world.rows(sql, apps.show(world, app).number))


def set_(world: World, app: str, values: Mapping[str, str | None]) -> int:
    """
    Set secrets of *app*; None takes one away, and it is no error where there was none.

    Returns:
        The app's new secrets version, greater than all before, also where nothing differs.

    Raises:
        AppNotFound: There is no such app.
        Invalid: Fly does not take such a name.
    """
    for name in values:
        if not re.fullmatch(_NAME, name):
            raise Invalid("Name only allows letters, numbers, and underscores")
    with world.transaction():
        number = apps.show(world, app).number
        lost = marked(world, Mark.SECRET_LOST, app)
        for name, value in values.items():
            if value is None:
                world.execute("DELETE FROM secrets WHERE app = ? AND name = ?", number, name)
            elif lost is None:
                _set(world, number, name, value)
        sql = "UPDATE apps SET secrets_version = secrets_version + 1 WHERE number = ?"
        world.execute(sql, number)
        return apps.show(world, app).secrets_version


def _set(world: World, app: int, name: str, value: str) -> None:
    now = world.clock.now()
    sql = (
        "INSERT INTO secrets (app, name, digest, created_at, updated_at) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT DO UPDATE SET digest = excluded.digest, updated_at = excluded.updated_at"
    )
    digest = identity.digest(world.setting("salt"), value)
    world.execute(sql, app, name, digest, now, now)
