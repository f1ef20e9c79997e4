"""Routes of the Machines API about secrets."""

from __future__ import annotations

from typing import Any

from provision.local.api.asked import Asked
from provision.local.api.route import Route
from provision.local.api.shapes.secrets import secret_json
from provision.local.world import World, secrets
from provision.local.world.operations import Operation
from provision.local.world.record import Record


class Change(Record):
    """
    The body of a change.

    Attributes:
        values: The secrets that change, by name; null takes one away.
    """

    values: dict[str, str | None]


def list_(world: World, asked: Asked) -> dict[str, Any]:
    """Return the secrets of an app: of its newest version, whichever is asked for."""
    return {"secrets": [secret_json(each) for each in secrets.list_(world, asked.path["app"])]}


def set_(world: World, asked: Asked) -> dict[str, Any]:
    """Set secrets, and take others away; return all that there are now, and their version."""
    version = secrets.set_(world, asked.path["app"], asked.body(Change).values)
    return list_(world, asked) | {"version": version}


ROUTES = (
    Route("GET /v1/apps/{app}/secrets", Operation.SECRETS_LIST, list_),
    Route("POST /v1/apps/{app}/secrets", Operation.SECRETS_SET, set_),
)
