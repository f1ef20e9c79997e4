"""Routes of the Machines API about leases."""

from __future__ import annotations

from typing import Any

from provision.local.api.asked import Asked
from provision.local.api.route import Answer, Route
from provision.local.api.shapes.leases import RELEASED, lease_json
from provision.local.world import World, leases, machines
from provision.local.world.operations import Operation

DEFAULT_SECONDS = 60
"""How long a lease lasts that does not say."""


def show(world: World, asked: Asked) -> dict[str, Any]:
    """Return the lease on a machine."""
    found = machines.show(world, asked.path["app"], asked.path["machine"])
    return lease_json(leases.show(world, found.id), instance_id=found.instance_id)


def acquire(world: World, asked: Asked) -> Answer:
    """Take the lease on a machine, or prolong it."""
    found = machines.show(world, asked.path["app"], asked.path["machine"])
    seconds = asked.number("ttl", DEFAULT_SECONDS)
    taken = leases.acquire(world, found.id, seconds=seconds, nonce=asked.nonce)
    return Answer(lease_json(taken, instance_id=found.instance_id), 201)


def release(world: World, asked: Asked) -> dict[str, Any]:
    """Give a lease back."""
    found = machines.show(world, asked.path["app"], asked.path["machine"])
    leases.release(world, found.id, asked.nonce)
    return RELEASED


_LEASE = "/v1/apps/{app}/machines/{machine}/lease"

ROUTES = (
    Route(f"GET {_LEASE}", Operation.LEASES_SHOW, show),
    Route(f"POST {_LEASE}", Operation.LEASES_ACQUIRE, acquire),
    Route(f"DELETE {_LEASE}", Operation.LEASES_RELEASE, release),
)
