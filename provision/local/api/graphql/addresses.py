"""IP addresses of apps in GraphQL."""

from __future__ import annotations

from provision.local.api.graphql.field import Object
from provision.local.api.graphql.organizations import organization
from provision.local.world import World, addresses, organizations
from provision.local.world.addresses import Address, AddressType
from provision.local.world.apps import App
from provision.local.world.clock import rfc3339


def of_app(world: World, found: App) -> Object:
    """Return the fields of an app that are about its addresses; the shared one stands apart."""
    return {
        "ipAddresses": lambda _: {"nodes": _own(world, found)},
        "sharedIpAddress": lambda _: _shared(world, found),
        "egressIpAddresses": {"nodes": []},
    }


def address(world: World, found: Address) -> Object:
    """Return an address; a Flycast address has the network that it is reached from."""
    network = None
    if found.network:
        owner = organizations.show(world, found.organization)
        network = {"name": found.network, "organization": organization(world, owner)}
    return {
        "id": found.id,
        "address": found.address,
        "type": found.type.value,
        "region": found.region,
        "createdAt": rfc3339(found.created_at),
        "network": network,
        "serviceName": "",
    }


def _own(world: World, found: App) -> list[Object]:
    listed = addresses.list_(world, found.name)
    return [address(world, each) for each in listed if each.type is not AddressType.SHARED_V4]


def _shared(world: World, found: App) -> str:
    listed = addresses.list_(world, found.name)
    return next((each.address for each in listed if each.type is AddressType.SHARED_V4), "")
