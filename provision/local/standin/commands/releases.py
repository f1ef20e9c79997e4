"""`fly releases`, also known as `fly apps releases`."""

from __future__ import annotations

from provision.local.standin.ago import ago
from provision.local.standin.failure import Failure, within
from provision.local.standin.gojson import moment, pretty
from provision.local.standin.grammar import JSON, OF_APP, Command, Flag
from provision.local.standin.printed import release
from provision.local.standin.requests import releases
from provision.local.standin.session import Session
from provision.local.standin.table import table
from provision.local.standin.target import app_name
from provision.local.world.releases import Release

DESCRIPTION = "Deploy image"


def _list(session: Session) -> None:
    app = app_name(session)
    try:
        found = releases.list_(session.api, app)
    except Failure as failure:
        raise within(f"failed retrieving app releases {app}", failure) from None
    email = session.world.setting("viewer_email")
    if session.json:
        session.say(pretty([_document(each, email) for each in found]), end="")
        return
    titles = ["Version", "Status", "Description", "User", "Date"]
    titles += ["Docker Image"] if session.is_on("image") else []
    now = session.world.clock.now()
    rows = [[*_row(each, email, now), each.image_ref][: len(titles)] for each in found]
    session.say(table(rows, *titles), end="")


def _row(found: Release, email: str, now: int) -> list[str]:
    age = ago(now, found.created_at)
    return [f"v{found.version}", found.status.value, DESCRIPTION, email, age]


def _document(found: Release, email: str) -> dict[str, object]:
    return release(
        ID=found.id,
        Version=found.version,
        Stable=True,
        Description=DESCRIPTION,
        Status=found.status.value,
        User={"ID": "u1", "Name": "Dev", "Email": email, "EnablePaidHobby": False},
        CreatedAt=moment(found.created_at),
        ImageRef=found.image_ref,
    )


COMMAND = Command("releases", _list, (*OF_APP, JSON, Flag("image")))
