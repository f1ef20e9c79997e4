"""Routes about organizations."""

from __future__ import annotations

from typing import Any

from provision.local.api.asked import Asked
from provision.local.api.route import Route
from provision.local.api.shapes.organizations import organization_json
from provision.local.world import World, organizations
from provision.local.world.operations import Operation


def list_(world: World, _: Asked) -> dict[str, Any]:
    """Return the organizations of the viewer."""
    return {"organizations": [organization_json(each) for each in organizations.list_(world)]}


def show(world: World, asked: Asked) -> dict[str, Any]:
    """Return an organization."""
    found = organizations.show(world, asked.path["organization"])
    return {"organization": organization_json(found)}


_ALL = "/api/v1/organizations"

ROUTES = (
    Route(f"GET {_ALL}", Operation.ORGANIZATIONS_LIST, list_),
    Route(f"GET {_ALL}/{{organization}}", Operation.ORGANIZATIONS_SHOW, show),
)
