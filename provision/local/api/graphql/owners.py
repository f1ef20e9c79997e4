"""Machines and volumes in GraphQL, found by their ids alone: whose they are."""

from __future__ import annotations

from provision.local.api.graphql.apps import app
from provision.local.api.graphql.field import Arguments, Field, Object
from provision.local.api.graphql.machines import machine
from provision.local.world import World, machines, volumes
from provision.local.world.operations import Operation


def _machine(world: World, arguments: Arguments) -> Object:
    found = machines.find(world, arguments["machineId"])
    return machine(found, lambda: app(world, found.app))


def _volume(world: World, arguments: Arguments) -> Object:
    owner = volumes.find(world, arguments["id"])
    return {"id": arguments["id"], "app": app(world, owner)}


QUERIES = (
    Field("machine", Operation.MACHINES_SHOW, _machine),
    Field("volume", Operation.VOLUMES_SHOW, _volume),
)
