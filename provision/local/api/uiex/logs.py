"""The route about logs."""

from __future__ import annotations

from typing import Any

from provision.local.api.asked import Asked
from provision.local.api.route import Route
from provision.local.api.shapes.logs import log_line_json
from provision.local.world import World, logs
from provision.local.world.operations import Operation


def list_(world: World, asked: Asked) -> dict[str, Any]:
    """Return the lines after the one that ``next_token`` names, the oldest first."""
    after = asked.query.get("next_token", "")
    found = logs.list_(
        world,
        asked.path["app"],
        after=after,
        instance=asked.query.get("instance", ""),
        region=asked.query.get("region", ""),
    )
    last = found[-1].id if found else after
    return {"data": [log_line_json(each) for each in found], "meta": {"next_token": last}}


ROUTES = (Route("GET /api/v1/apps/{app}/logs", Operation.LOGS_LIST, list_),)
