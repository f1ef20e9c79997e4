"""Releases as the release API spells them."""

from __future__ import annotations

from typing import Any

from provision.local.world.clock import rfc3339
from provision.local.world.releases import Release, ReleaseStatus

IN_PROGRESS = {ReleaseStatus.PENDING, ReleaseStatus.RUNNING}


def release_json(found: Release, *, user: str) -> dict[str, Any]:
    """Return the document of a release that *user* made; an email address."""
    return {
        "id": found.id,
        "version": found.version,
        "stable": True,
        "in_progress": found.status in IN_PROGRESS,
        "status": found.status.value,
        "strategy": found.strategy,
        "user": user,
        "created_at": rfc3339(found.created_at),
        "image_ref": found.image_ref,
    }
