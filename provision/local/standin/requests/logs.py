"""Requests about logs."""

from __future__ import annotations

from provision.local.standin.api import Api
from provision.local.world import logs
from provision.local.world.logs import LogLine
from provision.local.world.operations import Operation


def list_(
    api: Api, app: str, *, after: str = "", instance: str = "", region: str = ""
) -> tuple[LogLine, ...]:
    """Return the last lines of *app* that are newer than the line *after*."""
    return api.logs(
        Operation.LOGS_LIST,
        f"GET /api/v1/apps/{app}/logs?next_token={after}",
        lambda: logs.list_(api.world, app, after=after, instance=instance, region=region),
        app=app,
    )
