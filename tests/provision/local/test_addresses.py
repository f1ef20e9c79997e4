"""Addresses of the local Fly."""

from __future__ import annotations

import pytest

from provision.local.world import World, addresses, apps, faults, organizations, releases
from provision.local.world.addresses import AddressType
from provision.local.world.refusals import AddressNotFound, NetworkNotFound, OrganizationNotFound


@pytest.fixture
def web(world: World) -> str:
    """An app on a network of its own."""
    organizations.create(world, "Acme")
    return apps.create(world, "web", organization="acme", network="blue").name


def test_every_allocation_adds_an_address(world: World, web: str) -> None:
    """Nothing guards against a second one."""
    first = addresses.allocate(world, web, AddressType.PRIVATE_V6, network="blue")
    second = addresses.allocate(world, web, AddressType.PRIVATE_V6, network="blue")

    assert first.address != second.address
    assert addresses.list_(world, web) == (first, second)


def test_an_app_has_one_shared_address(world: World, web: str) -> None:
    """Asking again gives the same one."""
    first = addresses.allocate(world, web, AddressType.SHARED_V4)
    second = addresses.allocate(world, web, AddressType.SHARED_V4)

    assert first == second
    assert addresses.list_(world, web) == (first,)


def test_a_flycast_address_is_of_the_default_network_unless_told(world: World, web: str) -> None:
    """Whatever network the app itself is on."""
    default = addresses.allocate(world, web, AddressType.PRIVATE_V6)
    named = addresses.allocate(world, web, AddressType.PRIVATE_V6, network="blue")

    assert [(each.network, each.organization) for each in (default, named)] == [
        ("default", "acme"),
        ("blue", "acme"),
    ]
    assert all(each.address.startswith("fdaa:") for each in (default, named))


def test_a_flycast_address_may_be_reached_from_another_organization(world: World, web: str) -> None:
    """Its network is looked up there."""
    found = addresses.allocate(world, web, AddressType.PRIVATE_V6, organization="personal")

    assert (found.network, found.organization) == ("default", "personal")


def test_a_network_of_nobody_is_refused(world: World, web: str) -> None:
    """So is an organization of nobody."""
    with pytest.raises(NetworkNotFound, match="network not found"):
        addresses.allocate(world, web, AddressType.PRIVATE_V6, network="green")
    with pytest.raises(OrganizationNotFound):
        addresses.allocate(world, web, AddressType.PRIVATE_V6, organization="nosuch")
    assert addresses.list_(world, web) == ()


def test_public_addresses_have_no_network(world: World, web: str) -> None:
    """They look like Fly's."""
    v4 = addresses.allocate(world, web, AddressType.V4)
    v6 = addresses.allocate(world, web, AddressType.V6)

    assert v4.address.startswith("137.66.")
    assert v6.address.startswith("2a09:8280:1::")
    assert (v4.network, v6.network) == ("", "")


def test_a_released_address_is_gone(world: World, web: str) -> None:
    """Releasing it again is an error."""
    found = addresses.allocate(world, web, AddressType.V6)
    addresses.release(world, web, found.address)

    assert addresses.list_(world, web) == ()
    with pytest.raises(AddressNotFound):
        addresses.release(world, web, found.address)


def test_a_lost_address_is_told_and_not_there(world: World, web: str) -> None:
    """The scenario ip-lost, for one app only."""
    apps.create(world, "api", organization="acme")
    faults.tell(world, "ip-lost", app=web)

    told = addresses.allocate(world, web, AddressType.V6)
    kept = addresses.allocate(world, "api", AddressType.V6)

    assert told.address
    assert addresses.list_(world, web) == ()
    assert addresses.list_(world, "api") == (kept,)


def test_an_address_may_come_twice(world: World, web: str) -> None:
    """The scenario ip-twice; the reply names the second."""
    faults.tell(world, "ip-twice")

    told = addresses.allocate(world, web, AddressType.V6)

    assert len(addresses.list_(world, web)) == 2
    assert addresses.list_(world, web)[1] == told


def test_a_release_may_bring_a_public_address(world: World, web: str) -> None:
    """The scenario public-ip-appears, whoever makes the release."""
    faults.tell(world, "public-ip-appears")

    releases.create(world, web, definition={}, image_ref="nginx", strategy="ROLLING")

    assert [address.type for address in addresses.list_(world, web)] == [AddressType.V6]
