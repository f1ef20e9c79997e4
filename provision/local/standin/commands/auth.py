"""`fly auth`."""

from __future__ import annotations

from provision.local.standin.failure import Failure, within
from provision.local.standin.gojson import pretty
from provision.local.standin.grammar import JSON, Command, Group
from provision.local.standin.requests import organizations
from provision.local.standin.session import Session


def _whoami(session: Session) -> None:
    try:
        email = organizations.viewer(session.api).setting("viewer_email")
    except Failure as failure:
        raise within("failed retrieving current user", failure) from None
    session.say(pretty({"email": email}) if session.json else f"{email}\n", end="")


COMMAND = Group(
    "auth",
    (Command("whoami", _whoami, (JSON,)),),
    elsewhere=("docker", "login", "logout", "signup"),
    hidden=("token",),
)
