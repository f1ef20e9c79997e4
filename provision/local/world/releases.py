"""Releases: a numbered deployment of an app, and the configuration it was made from."""

from __future__ import annotations

from enum import StrEnum

from provision.local.world import addresses, apps, identity
from provision.local.world.addresses import AddressType
from provision.local.world.apps import App
from provision.local.world.faults import Mark, marked
from provision.local.world.hints import Any
from provision.local.world.later import json
from provision.local.world.record import Record
from provision.local.world.refusals import Invalid, NotFound
from provision.local.world.store import World


class ReleaseStatus(StrEnum):
    """How far a release got; flyctl writes all but the first."""

    PENDING = "pending"
    RUNNING = "running"
    COMPLETE = "complete"
    INTERRUPTED = "interrupted"
    FAILED = "failed"


class Release(Record):
    """
    A release.

    Attributes:
        id: A ULID.
        version: Counts the app's releases, from 1.
        status: How far it got.
        strategy: In capitals, as flyctl posts it.
        image_ref: The image it put on the machines.
        definition: The app's configuration, as JSON; see `config`.
        created_at: Milliseconds since 1970.
    """

    id: str
    version: int
    status: ReleaseStatus
    strategy: str
    image_ref: str
    definition: str
    created_at: int

    @property
    def config(self) -> Any:
        """The app's configuration, as it was posted."""
        return json.loads(self.definition)


_COLUMNS = ", ".join(Release._fields)
_OF_APP = f"SELECT {_COLUMNS} FROM releases WHERE app = ? ORDER BY version DESC"  # noqa: S608


def list_(
    world: World, app: str, *, limit: int = 25, status: ReleaseStatus | None = None
) -> tuple[Release, ...]:
    """
    Return the last releases of *app*, the newest first.

    Raises:
        AppNotFound: There is no such app.
    """
    rows = world.rows(_OF_APP, apps.show(world, app).number)
    found = (_release(row) for row in rows)
    return tuple(each for each in found if status in {None, each.status})[:limit]


def current(world: World, app: App) -> Release | None:
    """Return the newest release of *app*, whatever came of it; None if there is none."""
    row = world.row(_OF_APP, app.number)
    return None if row is None else _release(row)


def create(world: World, app: str, *, definition: Any, image_ref: str, strategy: str) -> Release:
    """
    Add a pending release to *app*.

    Raises:
        AppNotFound: There is no such app.
    """
    with world.transaction():
        number = apps.show(world, app).number
        last = world.value("SELECT max(version) FROM releases WHERE app = ?", number) or 0
        release = Release(
            id=identity.ulid(world),
            version=last + 1,
            status=ReleaseStatus.PENDING,
            strategy=strategy,
            image_ref=image_ref,
            definition=json.dumps(definition),
            created_at=world.clock.now(),
        )
        world.insert("releases", app=number, **release._asdict())
        if marked(world, Mark.PUBLIC_ADDRESS_APPEARS, app):
            addresses.allocate(world, app, AddressType.V6)
    return release


def update(world: World, release_id: str, status: str) -> Release:
    """
    Say how far a release got; the first complete one makes its app a deployed one.

    Raises:
        NotFound: There is no such release.
        Invalid: There is no such status.
    """
    if status not in set(ReleaseStatus):
        raise Invalid(f"Status {status} is not a release status")
    with world.transaction():
        sql = "UPDATE releases SET status = ? WHERE id = ?"
        if not world.execute(sql, status, release_id):
            raise NotFound("release not found")
        if status == ReleaseStatus.COMPLETE:
            sql = "UPDATE apps SET deployed = 1 WHERE number = "
            world.execute(f"{sql} (SELECT app FROM releases WHERE id = ?)", release_id)  # noqa: S608
        sql = f"SELECT {_COLUMNS} FROM releases WHERE id = ?"  # noqa: S608 - our own names
        return _release(world.row(sql, release_id))


def owner(world: World, release_id: str) -> str:
    """
    Return the name of the app that a release belongs to.

    Raises:
        NotFound: There is no such release.
    """
    sql = "SELECT apps.name FROM releases JOIN apps ON apps.number = app WHERE releases.id = ?"
    name = world.value(sql, release_id)
    if name is None:
        raise NotFound("release not found")
    return str(name)


def _release(row: list[object]) -> Release:
    release = Release(*row)  # type: ignore[arg-type]  # the columns are the fields
    return release._replace(status=ReleaseStatus(release.status))
