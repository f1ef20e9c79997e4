"""Builds: the record that flyctl keeps of how an image was found or made."""

from __future__ import annotations

from provision.local.world import apps
from provision.local.world.refusals import NotFound
from provision.local.world.store import World


def begin(world: World, app: str) -> int:
    """
    Begin a build for *app*; return its number.

    Raises:
        AppNotFound: There is no such app.
    """
    return world.insert("builds", app=apps.show(world, app).number, status="started")


def finish(world: World, app: str, build: int, *, succeeded: bool) -> None:
    """
    Say how a build ended.

    Raises:
        AppNotFound: There is no such app.
        NotFound: It has no such build.
    """
    status = "completed" if succeeded else "failed"
    sql = "UPDATE builds SET status = ? WHERE app = ? AND number = ?"
    if not world.execute(sql, status, apps.show(world, app).number, build):
        raise NotFound("build not found")
