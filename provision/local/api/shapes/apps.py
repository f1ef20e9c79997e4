"""Apps as the Machines API spells them."""

from __future__ import annotations

from typing import Any

from provision.local.world.apps import App


def app_json(found: App, *, machines: int, volumes: int) -> dict[str, Any]:
    """Return the document of an app with so many machines and volumes."""
    owner = found.organization
    organization = {"name": owner.name, "slug": owner.slug, "internal_numeric_id": owner.number}
    return {
        "id": found.name,
        "name": found.name,
        "internal_numeric_id": found.number,
        "network": found.network,
        "status": found.status.value,
        "machine_count": machines,
        "volume_count": volumes,
        "organization": organization,
        "cname_target": "",
        "app_role": "",
    }
