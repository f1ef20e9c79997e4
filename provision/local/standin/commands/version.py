"""`fly version`."""

from __future__ import annotations

import sys

from provision.local.standin.gojson import compact
from provision.local.standin.grammar import JSON, Command
from provision.local.standin.roots import NAME
from provision.local.standin.session import Session
from provision.local.world.faults import Mark, marked

VERSION = "2026.11.23-dev.1795441294"
"""That of the flyctl the stand-in was read from; a development build names itself by its time."""
BUILT = "2026-11-23T13:41:34Z"


def _run(session: Session) -> None:
    told = marked(session.world, Mark.CLIENT_VERSION)
    version = told.message if told else VERSION
    if not session.json:
        session.say(f"{NAME} v{version} {_platform()} Commit: <none> BuildDate: {BUILT}")
        return
    system, architecture = _platform().split("/")
    document = {
        "Name": NAME,
        "Version": version,
        "Commit": "<none>",
        "BranchName": "dev",
        "BuildDate": BUILT,
        "OS": system,
        "Architecture": architecture,
        "Environment": "production" if told else "development",
    }
    session.say(compact(document))


def _platform() -> str:
    from os import uname  # noqa: PLC0415 - only here

    machine = {"x86_64": "amd64", "aarch64": "arm64"}.get(uname().machine, uname().machine)
    return f"{sys.platform}/{machine}"


COMMAND = Command(
    "version", _run, (JSON,), needs_token=False, elsewhere=("save-install", "upgrade")
)
