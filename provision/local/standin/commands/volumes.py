"""`fly volumes`."""

from __future__ import annotations

import time

from provision.local.standin import shapes
from provision.local.standin.ago import roughly
from provision.local.standin.failure import Failure, not_interactive, within
from provision.local.standin.gojson import pretty
from provision.local.standin.grammar import (
    JSON,
    OF_APP,
    REGION,
    VM_SIZE,
    YES,
    Command,
    Effect,
    Flag,
    Group,
)
from provision.local.standin.guest import guest
from provision.local.standin.requests import apps, volumes
from provision.local.standin.session import Session
from provision.local.standin.table import table
from provision.local.standin.target import app_name, name_if_any
from provision.local.world.hints import NoReturn
from provision.local.world.volumes import Volume

PINNED = (
    "Warning! Every volume is pinned to a specific physical host. You should create two or more "
    "volumes per application to avoid downtime. Learn more at "
    "https://fly.io/docs/volumes/overview/"
)

ONE_OF_MANY = "Deleting a volume is not reversible."
LAST = (
    "Warning! Every volume is pinned to a specific physical host. You should create two or more "
    "volumes per application. Deleting this volume will leave you with {} volume(s) for this "
    "application, and it is not reversible.  Learn more at https://fly.io/docs/volumes/overview/"
)


def _list(session: Session) -> None:
    app = app_name(session)
    apps.query(session.api, app, apps.BASIC)
    try:
        found = volumes.list_(session.api, app)
    except Failure as failure:
        raise within("failed retrieving volumes", failure) from None
    if session.json:
        session.say(pretty([shapes.volume(each) for each in found]), end="")
        return
    titles = ["ID", "State", "Name", "Size", "Region", "Zone", "Encrypted", "Attached VM"]
    now = session.world.clock.now()
    rows = [[*_row(each), roughly(now, each.created_at)] for each in found]
    session.say(table(rows, *titles, "Created At"), end="")


def _create(session: Session) -> None:
    app = app_name(session)
    volumes.regions(session.api)
    apps.query(session.api, app, apps.BASIC)
    _confirm_creation(session, app)
    if not session.region:
        raise not_interactive("region code")
    guest(session)  # it only has to be one that can be
    for _ in range(session.number("count")):
        created = volumes.create(
            session.api,
            app,
            session.argument,
            region=session.region,
            size_gb=session.number("size"),
            encrypted=not session.is_on("no-encryption"),
            snapshot_retention=session.number("snapshot-retention"),
            auto_backup=session.is_on("scheduled-snapshots"),
        )
        _say(session, app, created)


def _confirm_creation(session: Session, app: str) -> None:
    if session.is_on("yes") or session.number("count") > 1:
        return
    if any(each.name == session.argument for each in volumes.list_(session.api, app)):
        return
    session.note(PINNED)
    raise not_interactive("yes flag")


def _show(session: Session) -> None:
    app = _app(session)
    try:
        _say(session, app, volumes.show(session.api, app, session.argument))
    except Failure as failure:
        raise within("failed retrieving volume", failure) from None


def _destroy(session: Session) -> None:
    app = _app(session)
    for volume in session.arguments:
        if not session.is_on("yes"):
            _ask_to_destroy(session, app, volume)
        try:
            name = volumes.delete(session.api, app, volume).name
        except Failure as failure:
            raise within("failed destroying volume", failure) from None
        session.say(f"Destroyed volume ID: {volume} name: {name}")


def _app(session: Session) -> str:
    app = name_if_any(session)
    if not session.arguments and not app:
        raise Failure("volume ID or app required")
    if not app:
        return volumes.owner(session.api, session.argument)
    if not session.arguments:
        apps.query(session.api, app, apps.BASIC)
        raise not_interactive("volume ID")
    return app


def _ask_to_destroy(session: Session, app: str, volume: str) -> NoReturn:
    found = volumes.show(session.api, app, volume)
    names = [each.name for each in volumes.list_(session.api, app)]
    left = names.count(found.name) - 1
    session.note(ONE_OF_MANY if left > 1 else LAST.format(left))
    raise not_interactive("yes flag")


def _say(session: Session, app: str, found: Volume) -> None:
    if session.json:
        session.say(pretty(shapes.volume(found)), end="")
        return
    shown = {
        "ID": found.id,
        "Name": found.name,
        "App": app,
        "Region": found.region,
        "Zone": found.zone,
        "Size GB": found.size_gb,
        "Encrypted": "true" if found.encrypted else "false",
        "Created at": time.strftime("%d %b %y %H:%M UTC", time.gmtime(found.created_at // 1000)),
        "Snapshot retention": found.snapshot_retention,
        "Scheduled snapshots": "true" if found.auto_backup else "false",
    }
    for title, value in shown.items():
        session.say(f"{title:>20}: {value}")


def _row(found: Volume) -> list[str]:
    encrypted = "true" if found.encrypted else "false"
    row = [found.id, "created", found.name, f"{found.size_gb}GB", found.region, found.zone]
    return [*row, encrypted, found.machine or ""]


COMMAND = Group(
    "volumes",
    (
        Command("list", _list, (*OF_APP, JSON, Flag("all", effect=Effect.NONE)), aliases=("ls",)),
        Command(
            "create",
            _create,
            (
                *OF_APP,
                JSON,
                REGION,
                YES,
                *VM_SIZE,
                Flag("count", "n", "int", "1"),
                Flag("fs-type", "", "string", "ext4", effect=Effect.NONE, hidden=True),
                Flag("no-encryption"),
                Flag("require-unique-zone", default="true", effect=Effect.NONE),
                Flag("scheduled-snapshots", default="true"),
                Flag("size", "s", "int", "1"),
                Flag("snapshot-id", "", "string", effect=Effect.NONE),
                Flag("snapshot-retention", "", "int", "5"),
                Flag("unique-zone-app-wide", effect=Effect.NONE),
            ),
            "<volume name>",
            least=1,
            most=1,
        ),
        Command("show", _show, (*OF_APP, JSON), "<volume id>", most=1),
        Command("destroy", _destroy, (*OF_APP, YES), "<volume id> ...", aliases=("delete", "rm")),
    ),
    aliases=("volume", "vol", "v"),
    elsewhere=("extend", "fork", "snapshots", "update"),
    hidden=("snaps", "snapshot"),
)
