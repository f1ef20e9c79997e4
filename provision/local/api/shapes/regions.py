"""Regions as the Machines API spells them."""

from __future__ import annotations

from typing import Any

from provision.local.world.regions import CAPACITY, Region


def region_json(found: Region) -> dict[str, Any]:
    """Return the document of a region; degrees."""
    return {
        "code": found.code,
        "name": found.name,
        "latitude": found.latitude,
        "longitude": found.longitude,
        "gateway_available": True,
        "requires_paid_plan": found.requires_paid_plan,
        "deprecated": False,
        "capacity": CAPACITY,
        "geo_region": found.geo_region,
        "mpg_available": False,
    }
