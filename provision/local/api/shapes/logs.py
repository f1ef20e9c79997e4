"""Lines of logs as the log API spells them."""

from __future__ import annotations

from typing import Any

from provision.local.world.clock import rfc3339
from provision.local.world.logs import LogLine


def log_line_json(found: LogLine) -> dict[str, Any]:
    """Return the document of a line."""
    place = {"instance": found.instance, "region": found.region}
    attributes = {
        "timestamp": rfc3339(found.happened_at),
        "message": found.message,
        "level": found.level,
        "meta": {**place, "event": {"provider": found.provider}},
        **place,
    }
    return {"id": found.id, "attributes": attributes}
