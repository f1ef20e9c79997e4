"""Giving addresses to apps, and taking them, in GraphQL."""

from __future__ import annotations

from provision.local.api.graphql.addresses import address
from provision.local.api.graphql.apps import app
from provision.local.api.graphql.field import Arguments, Field, Object
from provision.local.api.graphql.organizations import identified
from provision.local.world import World, addresses, apps
from provision.local.world.addresses import AddressType
from provision.local.world.operations import Operation
from provision.local.world.refusals import AddressNotFound


def _app(arguments: Arguments) -> str | None:
    # What flyctl calls the id of an app is its name.
    name: str | None = arguments["input"].get("appId")
    return name


def _allocate(world: World, arguments: Arguments) -> Object:
    given = arguments["input"]
    owner = given.get("organizationId")
    allocated = addresses.allocate(
        world,
        given["appId"],
        AddressType(given["type"]),
        organization=identified(world, owner).slug if owner else "",
        network=given.get("network") or "",
        region=given.get("region") or "",
    )
    shown = app(world, apps.show(world, given["appId"]))
    if allocated.type is AddressType.SHARED_V4:
        return {"app": shown | {"sharedIpAddress": allocated.address}, "ipAddress": None}
    return {"app": shown, "ipAddress": address(world, allocated)}


def _release(world: World, arguments: Arguments) -> Object:
    name = _app(arguments) or ""
    addresses.release(world, name, _released(world, name, arguments["input"]))
    return {"app": app(world, apps.show(world, name))}


def _released(world: World, name: str, given: Arguments) -> str:
    if given.get("ip"):
        return str(given["ip"])
    for found in addresses.list_(world, name):
        if found.id == given.get("ipAddressId"):
            return found.address
    raise AddressNotFound


MUTATIONS = (
    Field("allocateIpAddress", Operation.ADDRESSES_ALLOCATE, _allocate, _app),
    Field("releaseIpAddress", Operation.ADDRESSES_RELEASE, _release, _app),
)
