"""Organizations: they own apps and networks, and the server chooses their slugs."""

from __future__ import annotations

from enum import StrEnum

from provision.local.world.clock import rfc3339
from provision.local.world.faults import Mark, marked
from provision.local.world.later import re
from provision.local.world.record import Record
from provision.local.world.refusals import Invalid, Malformed, OrganizationNotFound
from provision.local.world.store import World


class OrganizationType(StrEnum):
    """Whether an organization is the viewer's own."""

    PERSONAL = "PERSONAL"
    SHARED = "SHARED"


class Organization(Record):
    """
    An organization.

    Attributes:
        number: Counts organizations; GraphQL's ``internalNumericId``.
        id: Opaque.
        slug: Its identity for everybody; ``personal`` is the viewer's own.
        raw_slug: The same, without that alias.
        name: As it was given; two organizations may have the same.
        type: A personal or a shared one.
        paid_plan: Whether it pays.
        billable: Whether it could.
        viewer_role: ``admin`` or ``member``; "" where the viewer does not belong.
        created_at: Milliseconds since 1970.
        replays_cross: Whether its apps may replay requests to apps on another of its networks.
    """

    number: int
    id: str
    slug: str
    raw_slug: str
    name: str
    type: OrganizationType
    paid_plan: bool
    billable: bool
    viewer_role: str
    created_at: int
    replays_cross: bool = False

    @property
    def joined_at(self) -> str:
        """When the viewer joined it, as Fly writes times."""
        return rfc3339(self.created_at)


_COLUMNS = ", ".join(Organization._fields)


def list_(world: World) -> tuple[Organization, ...]:
    """Return the organizations the viewer belongs to, the oldest first."""
    sql = f"SELECT {_COLUMNS} FROM organizations WHERE viewer_role <> '' ORDER BY number"  # noqa: S608
    return tuple(_organization(row) for row in world.rows(sql))


def show(world: World, slug: str) -> Organization:
    """
    Return the organization *slug*.

    Raises:
        OrganizationNotFound: The viewer does not belong to one of that slug.
    """
    for organization in list_(world):
        if slug in {organization.slug, organization.raw_slug}:
            return organization
    raise OrganizationNotFound


def numbered(world: World, number: int) -> Organization:
    """Return the organization *number*, which exists."""
    sql = f"SELECT {_COLUMNS} FROM organizations WHERE number = ?"  # noqa: S608 - our own names
    return _organization(world.row(sql, number))


def create(world: World, name: str, *, viewer_role: str = "admin") -> Organization:
    """
    Create an organization named *name*; the server finds it a slug that is free.

    Args:
        world: The world.
        name: Need not be unique: the same name again is a second organization.
        viewer_role: "" makes an organization of strangers.

    Raises:
        Invalid: *name* is empty.
    """
    if not name.strip():
        raise Invalid("Name can't be blank")
    with world.transaction():
        number = 1 + int(world.value("SELECT max(number) FROM organizations"))
        slug = _free_slug(world, name)
        organization = Organization(
            number=number,
            id=f"ORG{number:06d}",
            slug=slug,
            raw_slug=slug,
            name=name,
            type=OrganizationType.SHARED,
            paid_plan=True,
            billable=True,
            viewer_role=viewer_role,
            created_at=world.clock.now(),
        )
        world.insert("organizations", **organization._asdict())
        world.insert("networks", organization=number, name="default")
    return organization


def delete(world: World, organization_id: str) -> None:
    """
    Delete an organization that has no apps.

    That Fly refuses while there are apps, and its words for it, are unverified.

    Raises:
        OrganizationNotFound: There is none of that id.
        Malformed: It is the personal one, or still has apps.
    """
    with world.transaction():
        found = [each for each in list_(world) if each.id == organization_id]
        if not found:
            raise OrganizationNotFound
        [organization] = found
        if organization.type is OrganizationType.PERSONAL:
            raise Malformed("You cannot delete your personal organization")
        if world.value("SELECT count(*) FROM apps WHERE organization = ?", organization.number):
            raise Malformed("You cannot delete an organization that still has apps")
        world.execute("DELETE FROM organizations WHERE number = ?", organization.number)


def replays_cross(world: World, slug: str) -> bool:
    """
    Return whether apps of the organization *slug* may replay to apps on its other networks.

    Raises:
        OrganizationNotFound: The viewer does not belong to one of that slug.
    """
    found = show(world, slug)
    return found.replays_cross or marked(world, Mark.REPLAYS_CROSS) is not None


def let_replays_cross(world: World, slug: str, *, allow: bool) -> Organization:
    """
    Say whether apps of the organization *slug* may replay to apps on its other networks.

    Whether Fly asks for more than to belong to it is unverified.

    Raises:
        OrganizationNotFound: The viewer does not belong to one of that slug.
    """
    with world.transaction():
        found = show(world, slug)
        query = "UPDATE organizations SET replays_cross = ? WHERE number = ?"
        world.execute(query, allow, found.number)
    return found._replace(replays_cross=allow)


def _free_slug(world: World, name: str) -> str:
    stem = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "organization"
    if marked(world, Mark.SLUG_DIFFERS):
        stem = f"{stem}-{world.count('salt')}42"
    taken = {slug for row in world.rows("SELECT slug, raw_slug FROM organizations") for slug in row}
    slug, again = stem, 1
    while slug in taken:
        again += 1
        slug = f"{stem}-{again}"
    return slug


def _organization(row: list[object]) -> Organization:
    organization = Organization(*row)  # type: ignore[arg-type]  # the columns are the fields
    return organization._replace(
        type=OrganizationType(organization.type),
        paid_plan=bool(organization.paid_plan),
        billable=bool(organization.billable),
        replays_cross=bool(organization.replays_cross),
    )
