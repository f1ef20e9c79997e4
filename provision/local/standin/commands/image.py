"""`fly image`."""

from __future__ import annotations

from provision.local.standin.failure import Failure, within
from provision.local.standin.gojson import pretty
from provision.local.standin.grammar import JSON, OF_APP, Command, Group
from provision.local.standin.requests import apps, images, machines
from provision.local.standin.session import Session
from provision.local.standin.table import table, vertical
from provision.local.standin.target import app_name
from provision.local.world.hints import Any
from provision.local.world.machine import Machine

TITLE = "Image Details"
TITLES = ("Machine ID", "Registry", "Repository", "Tag", "Version", "Digest", "Labels")


def _show(session: Session) -> None:
    app = app_name(session)
    try:
        apps.query(session.api, app, apps.COMPACT)
    except Failure as failure:
        raise within("get app", failure) from None
    if session.argument:
        found = [machines.show(session.api, app, session.argument)]
    else:
        failing = "failed to get machines: failed to list VMs"
        found = list(machines.list_(session.api, app, failing=failing))
    for machine in found:
        images.latest(session.api, images.short(machine))
    documents = [_document(each) for each in found]
    rows = [[document[title.replace(" ", "")] for title in TITLES] for document in documents]
    if not session.json and session.argument:
        session.say(vertical(rows[0][1:], *TITLES[1:], title=TITLE), end="")
    elif not session.json:
        session.say(table(rows, *TITLES, title=TITLE), end="")
    elif session.argument:
        session.say(pretty(documents[0]), end="")
    else:
        session.say(pretty(documents or None), end="")


def _document(machine: Machine) -> dict[str, Any]:
    return {
        "Digest": machine.image.digest,
        "Labels": "",
        "MachineID": machine.id,
        "Registry": machine.image.registry,
        "Repository": machine.image.repository,
        "Tag": machine.image.tag,
        "Version": "N/A",
    }


COMMAND = Group(
    "image",
    (Command("show", _show, (*OF_APP, JSON), most=1),),
    aliases=("img",),
    elsewhere=("update",),
)
