"""Routes of the Machines API about addresses."""

from __future__ import annotations

from typing import Any

from provision.local.api.asked import Asked
from provision.local.api.route import Answer, Route
from provision.local.api.shapes.addresses import address_json
from provision.local.world import World, addresses
from provision.local.world.addresses import AddressType
from provision.local.world.operations import Operation
from provision.local.world.record import Record
from provision.local.world.refusals import Malformed


class NewAddress(Record):
    """
    The body of an allocation.

    Attributes:
        type: What kind of address.
        region: Where it shall be; "" for everywhere.
        org_slug: The organization it is reached from, if it is a Flycast one.
        network: The network it is reached from, if it is a Flycast one.
        service_name: For addresses of a single service, which the local Fly does not have.
    """

    type: str
    region: str = ""
    org_slug: str = ""
    network: str = ""
    service_name: str = ""


def list_(world: World, asked: Asked) -> dict[str, Any]:
    """Return the addresses of an app."""
    return {"ips": [address_json(each) for each in addresses.list_(world, asked.path["app"])]}


def allocate(world: World, asked: Asked) -> dict[str, Any]:
    """Give an app another address."""
    new = asked.body(NewAddress)
    if new.type not in set(AddressType):
        raise Malformed(f"there is no address of type {new.type!r}")
    if new.service_name:
        raise Malformed("service_name is not known to the local Fly")
    allocated = addresses.allocate(
        world,
        asked.path["app"],
        AddressType(new.type),
        organization=new.org_slug,
        network=new.network,
        region=new.region,
    )
    return address_json(allocated)


def release(world: World, asked: Asked) -> Answer:
    """Take an address from an app."""
    addresses.release(world, asked.path["app"], asked.path["address"])
    return Answer(None, 204)


_ALL = "/v1/apps/{app}/ip_assignments"

ROUTES = (
    Route(f"GET {_ALL}", Operation.ADDRESSES_LIST, list_),
    Route(f"POST {_ALL}", Operation.ADDRESSES_ALLOCATE, allocate),
    Route(f"DELETE {_ALL}/{{address}}", Operation.ADDRESSES_RELEASE, release),
)
