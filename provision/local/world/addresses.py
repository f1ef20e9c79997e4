"""IP addresses of apps: public ones, and Flycast addresses that a network reaches an app by."""

from __future__ import annotations

from enum import StrEnum

from provision.local.world import apps, identity, networks, organizations
from provision.local.world.apps import App
from provision.local.world.faults import Mark, marked
from provision.local.world.record import Record
from provision.local.world.refusals import AddressNotFound, Invalid
from provision.local.world.store import World


class AddressType(StrEnum):
    """What kind of address it is."""

    V4 = "v4"
    V6 = "v6"
    SHARED_V4 = "shared_v4"
    PRIVATE_V6 = "private_v6"


class Address(Record):
    """
    An address of an app.

    Attributes:
        id: Opaque.
        address: The address itself.
        type: What kind it is.
        region: A region, or ``global``.
        network: The network it is reached from, with a Flycast address; else "".
        organization: The slug of that network's organization; else "".
        created_at: Milliseconds since 1970.
    """

    id: str
    address: str
    type: AddressType
    region: str
    network: str
    organization: str
    created_at: int


_SELECT = """
SELECT addresses.id, address, addresses.type, region,
    coalesce(networks.name, ''), coalesce(organizations.slug, ''), addresses.created_at
FROM addresses
LEFT JOIN networks ON networks.number = addresses.network
LEFT JOIN organizations ON organizations.number = networks.organization
WHERE app = ? AND visible_at <= ?
ORDER BY addresses.number
"""


def list_(world: World, app: str) -> tuple[Address, ...]:
    """
    Return the addresses of *app*, the oldest first.

    Raises:
        AppNotFound: There is no such app.
    """
    rows = world.rows(_SELECT, apps.show(world, app).number, world.clock.now())
    return tuple(Address(*row)._replace(type=AddressType(row[2])) for row in rows)


def allocate(
    world: World,
    app: str,
    kind: AddressType,
    *,
    organization: str = "",
    network: str = "",
    region: str = "",
) -> Address:
    """
    Give *app* another address; only the shared IPv4 address is the same one every time.

    Args:
        world: The world.
        app: Its name.
        kind: What address.
        organization: Slug of the organization a Flycast address is reached from; the app's if "".
        network: The network it is reached from; the default one if "", whatever the app is on.
        region: A region, or "" for everywhere.

    Raises:
        AppNotFound: There is no such app.
        OrganizationNotFound: There is no such organization.
        NetworkNotFound: No app was created on that network yet.
    """
    with world.transaction():
        owner = apps.show(world, app)
        existing = [each for each in list_(world, app) if each.type is kind]
        if kind is AddressType.SHARED_V4 and existing:
            return existing[0]
        where = {"organization": organization, "network": network, "region": region}
        address = _add(world, owner, kind, **where)
        if marked(world, Mark.ADDRESS_TWICE, app):
            return _add(world, owner, kind, **where)
        if marked(world, Mark.ADDRESS_LOST, app):
            world.execute("DELETE FROM addresses WHERE id = ?", address.id)
    return address


def release(world: World, app: str, address: str) -> None:
    """
    Take *address* from *app*.

    Raises:
        AppNotFound: There is no such app.
        AddressNotFound: The app does not have the address.
    """
    with world.transaction():
        number = apps.show(world, app).number
        sql = "DELETE FROM addresses WHERE app = ? AND address = ?"
        if not world.execute(sql, number, address):
            raise AddressNotFound


def _add(
    world: World, app: App, kind: AddressType, *, organization: str, network: str, region: str
) -> Address:
    number = world.count("addresses")
    reached_from = None
    if kind is AddressType.PRIVATE_V6:
        owner = organizations.show(world, organization) if organization else app.organization
        reached_from = networks.named(world, owner, network)
        text = identity.flycast_address(reached_from.number, number)
    else:
        text = _public(kind, app.number if kind is AddressType.SHARED_V4 else number)
    now = world.clock.now()
    delayed = marked(world, Mark.LISTING_DELAYED, app.name)
    world.insert(
        "addresses",
        app=app.number,
        id=f"ip_{number:08x}",
        address=text,
        type=kind.value,
        region=region or "global",
        network=reached_from.number if reached_from else None,
        created_at=now,
        visible_at=now + int(delayed.seconds * 1000) if delayed else now,
    )
    slug = organizations.numbered(world, reached_from.organization).slug if reached_from else ""
    name = reached_from.name if reached_from else ""
    return Address(f"ip_{number:08x}", text, kind, region or "global", name, slug, now)


def _public(kind: AddressType, number: int) -> str:
    if kind is AddressType.V4:
        return identity.dedicated_v4(number)
    if kind is AddressType.V6:
        return identity.public_v6(number)
    if kind is AddressType.SHARED_V4:
        return identity.shared_v4(number)
    raise Invalid(f"there is no public address of type {kind}")
