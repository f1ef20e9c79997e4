"""Volumes as the Machines API spells them."""

from __future__ import annotations

from typing import Any

from provision.local.world.clock import rfc3339
from provision.local.world.volumes import Volume


def volume_json(found: Volume, *, state: str = "created") -> dict[str, Any]:
    """Return the document of a volume in *state*."""
    return {
        "id": found.id,
        "name": found.name,
        "state": state,
        "size_gb": found.size_gb,
        "region": found.region,
        "zone": found.zone,
        "encrypted": found.encrypted,
        "attached_machine_id": found.machine,
        "attached_alloc_id": None,
        "created_at": rfc3339(found.created_at),
        "host_dedication_id": "",
        "snapshot_retention": found.snapshot_retention,
        "auto_backup_enabled": found.auto_backup,
        "host_status": "ok",
    }
