"""Apps: a name for all of Fly, an organization and a network that never change."""

from __future__ import annotations

from enum import StrEnum

from provision.local.world import networks, organizations
from provision.local.world.faults import Mark, marked
from provision.local.world.later import re
from provision.local.world.organizations import Organization
from provision.local.world.record import Record
from provision.local.world.refusals import AppNotFound, Invalid, NameTaken
from provision.local.world.store import World

LONGEST_NAME = 63
_NAME = r"[a-z0-9]([a-z0-9-]*[a-z0-9])?"


class AppStatus(StrEnum):
    """What Fly says of an app as a whole."""

    PENDING = "pending"
    """It was never deployed."""
    DEPLOYED = "deployed"
    """A release of it was completed."""
    SUSPENDED = "suspended"
    """It was deployed, and has no machines."""


class App(Record):
    """
    An app.

    Attributes:
        number: Counts apps.
        name: Unique across all organizations, the strangers' ones too.
        organization: Who owns it.
        network: The name of its private network; ``default`` for the default one.
        network_number: The number of that network.
        status: What Fly says of it.
        deployed: Whether a release was ever completed.
        secrets_version: Grows with every change of a secret.
        created_at: Milliseconds since 1970.
    """

    number: int
    name: str
    organization: Organization
    network: str
    network_number: int
    status: AppStatus
    deployed: bool
    secrets_version: int
    created_at: int

    @property
    def hostname(self) -> str:
        """Its public name."""
        return f"{self.name}.fly.dev"

    @property
    def custom_network(self) -> str:
        """Its network as GraphQL says it: "" for the default one."""
        return "" if self.network == networks.DEFAULT else self.network


_SELECT = """
SELECT apps.number, apps.name, apps.organization, networks.name, networks.number,
    EXISTS (SELECT 1 FROM machines WHERE machines.app = apps.number AND ends <> 'destroyed'),
    deployed, secrets_version, apps.created_at
FROM apps
JOIN networks ON networks.number = apps.network
JOIN organizations ON organizations.number = apps.organization AND viewer_role <> ''
WHERE visible_at <= ?
"""


def list_(world: World, organization: Organization | None = None) -> tuple[App, ...]:
    """Return the apps the viewer can see, of one or of all organizations, the oldest first."""
    rows = world.rows(f"{_SELECT} ORDER BY apps.number", world.clock.now())
    apps = (_app(world, row) for row in rows)
    return tuple(app for app in apps if organization in {None, app.organization})


def show(world: World, name: str) -> App:
    """
    Return the app *name*.

    Raises:
        AppNotFound: There is none, or it is not the viewer's, or not visible yet.
    """
    row = world.row(f"{_SELECT} AND apps.name = ?", world.clock.now(), name)
    if row is None:
        raise AppNotFound(name)
    return _app(world, row)


def create(world: World, name: str, *, organization: str, network: str = "") -> App:
    """
    Create the app *name* in the organization *organization*, on *network* for good.

    Args:
        world: The world.
        name: Lowercase letters, digits and dashes.
        organization: A slug.
        network: "" for the default network; a new name makes a new network.

    Raises:
        OrganizationNotFound: There is no such organization.
        Invalid: Fly does not take such a name.
        NameTaken: Some app has the name already, here or with strangers.
    """
    with world.transaction():
        owner = organizations.show(world, organization)
        _check_name(world, name)
        now = world.clock.now()
        delayed = marked(world, Mark.LISTING_DELAYED, name)
        world.insert(
            "apps",
            name=name,
            organization=owner.number,
            network=networks.ensure(world, owner, network).number,
            created_at=now,
            visible_at=now + int(delayed.seconds * 1000) if delayed else now,
        )
        row = world.row(f"{_SELECT} AND apps.name = ?", 1 << 62, name)
        return _app(world, row)


def create_strangers(world: World, name: str) -> None:
    """Let strangers own the app *name*: it is taken, and the viewer never sees it."""
    with world.transaction():
        _check_name(world, name)
        owner = organizations.create(world, f"Strangers of {name}", viewer_role="")
        network = networks.named(world, owner, "").number
        now = world.clock.now()
        world.insert(
            "apps",
            name=name,
            organization=owner.number,
            network=network,
            created_at=now,
            visible_at=now,
        )


def delete(world: World, name: str) -> None:
    """
    Delete the app *name* and all it has: machines, volumes, addresses, secrets, releases.

    Raises:
        AppNotFound: There is no such app.
    """
    with world.transaction():
        world.execute("DELETE FROM apps WHERE number = ?", show(world, name).number)


def _check_name(world: World, name: str) -> None:
    if not re.fullmatch(_NAME, name):
        raise Invalid("Name is invalid, only lowercase letters, numbers and dashes")
    if len(name) > LONGEST_NAME:
        raise Invalid(f"Name is too long (maximum is {LONGEST_NAME} characters)")
    if world.value("SELECT EXISTS (SELECT 1 FROM apps WHERE name = ?)", name):
        raise NameTaken


def _app(world: World, row: list[object]) -> App:
    number, name, owner, network, network_number, has_machines, deployed, version, created = row
    status = AppStatus.PENDING
    if deployed:
        status = AppStatus.DEPLOYED if has_machines else AppStatus.SUSPENDED
    return App(
        number=number,  # type: ignore[arg-type]  # SQLite keeps the types of the schema
        name=name,  # type: ignore[arg-type]
        organization=organizations.numbered(world, owner),  # type: ignore[arg-type]
        network=network,  # type: ignore[arg-type]
        network_number=network_number,  # type: ignore[arg-type]
        status=status,
        deployed=bool(deployed),
        secrets_version=version,  # type: ignore[arg-type]
        created_at=created,  # type: ignore[arg-type]
    )
