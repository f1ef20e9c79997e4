"""Routes of the Machines API about the platform."""

from __future__ import annotations

from typing import Any

from provision.local.api.asked import Asked
from provision.local.api.route import Route
from provision.local.api.shapes.regions import region_json
from provision.local.world import World
from provision.local.world.operations import Operation
from provision.local.world.regions import NEAREST, REGIONS


def regions(_: World, __: Asked) -> dict[str, Any]:
    """Return the regions, and the nearest of them."""
    return {"Regions": [region_json(each) for each in REGIONS], "Nearest": NEAREST}


ROUTES = (Route("GET /v1/platform/regions", Operation.REGIONS_LIST, regions),)
