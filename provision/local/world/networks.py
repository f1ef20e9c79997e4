"""Private networks (6PN): made by the first app created on them, never deleted with an app."""

from __future__ import annotations

from provision.local.world.organizations import Organization
from provision.local.world.record import Record
from provision.local.world.refusals import Invalid, NetworkNotFound
from provision.local.world.store import World

DEFAULT = "default"


class Network(Record):
    """
    A private network of an organization.

    Attributes:
        number: Stands in the addresses on it.
        organization: The number of its organization.
        name: Unique in its organization.
    """

    number: int
    organization: int
    name: str


def named(world: World, organization: Organization, name: str) -> Network:
    """
    Return the network *name* of *organization*; "" is its default one.

    Raises:
        NetworkNotFound: No app was created on it yet.
    """
    sql = "SELECT number, organization, name FROM networks WHERE organization = ? AND name = ?"
    row = world.row(sql, organization.number, name or DEFAULT)
    if row is None:
        raise NetworkNotFound
    return Network(*row)


def numbered(world: World, number: int) -> Network:
    """Return the network *number*, which exists."""
    sql = "SELECT number, organization, name FROM networks WHERE number = ?"
    return Network(*world.row(sql, number))


def ensure(world: World, organization: Organization, name: str) -> Network:
    """
    Return the network *name* of *organization*, creating it where it is new.

    Raises:
        Invalid: Fly does not take such a name.
    """
    with world.transaction():
        try:
            return named(world, organization, name)
        except NetworkNotFound:
            pass
        if not name[0].isalpha() or not all(part.isalnum() for part in name.split("-") if part):
            raise Invalid("Network name must start with a letter; letters, digits and dashes only")
        number = world.insert("networks", organization=organization.number, name=name)
        return Network(number, organization.number, name)
