"""Routes of the Machines API about machines."""

from __future__ import annotations

from typing import Any

from provision.local.api.asked import Asked
from provision.local.api.route import Route
from provision.local.api.shapes.machines import machine_json
from provision.local.world import World, machines
from provision.local.world.machine import Machine
from provision.local.world.operations import Operation


def list_(world: World, asked: Asked) -> list[dict[str, Any]]:
    """Return the machines of an app, without their nonces."""
    return [shown(world, each) for each in machines.list_(world, asked.path["app"])]


def shown(world: World, found: Machine, *, nonce: str = "") -> dict[str, Any]:
    """Return a machine with what happened to it, and what its checks say now."""
    events = machines.events_of(world, found)
    return machine_json(found, events, machines.checks_of(world, found), nonce=nonce)


ROUTES = (Route("GET /v1/apps/{app}/machines", Operation.MACHINES_LIST, list_),)
