"""Addresses as the Machines API spells them."""

from __future__ import annotations

from typing import Any

from provision.local.world.addresses import Address, AddressType
from provision.local.world.clock import rfc3339


def address_json(found: Address) -> dict[str, Any]:
    """Return the document of an address; a Flycast one names the network it is reached from."""
    document: dict[str, Any] = {
        "ip": found.address,
        "region": found.region,
        "service_name": "",
        "shared": found.type is AddressType.SHARED_V4,
        "created_at": rfc3339(found.created_at),
    }
    if found.type is not AddressType.PRIVATE_V6:
        return document
    return document | {"network": {"name": found.network, "org_slug": found.organization}}
