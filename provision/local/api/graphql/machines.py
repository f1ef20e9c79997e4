"""Machines in GraphQL, which has little to say about them."""

from __future__ import annotations

from collections.abc import Callable

from provision.local.api.graphql.field import Object
from provision.local.world import World, machines
from provision.local.world.apps import App
from provision.local.world.clock import rfc3339
from provision.local.world.machine import Machine


def of_app(world: World, found: App, owner: Callable[[], Object]) -> Object:
    """Return the field of an app that lists its machines; *owner* is the app again."""

    def listed(_: object) -> Object:
        return {"nodes": [machine(each, owner) for each in machines.list_(world, found.name)]}

    return {"machines": listed}


def machine(found: Machine, owner: Callable[[], Object]) -> Object:
    """Return a machine; *owner* is the app it belongs to."""
    address = {"family": "v6", "kind": "privatenet", "ip": found.private_ip, "maskSize": 112}
    return {
        "id": found.id,
        "name": found.name,
        "app": lambda _: owner(),
        "config": found.config,
        "state": found.state,
        "region": found.region,
        "createdAt": rfc3339(found.created_at),
        "ips": {"nodes": [address]},
        "host": None,
    }
