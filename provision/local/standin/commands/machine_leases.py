"""`fly machine leases`."""

from __future__ import annotations

from typing import Any

from provision.local.standin.failure import Failure
from provision.local.standin.gojson import pretty
from provision.local.standin.grammar import JSON, OF_APP, Command, Group
from provision.local.standin.requests import leases
from provision.local.standin.selection import named
from provision.local.standin.session import Session
from provision.local.standin.table import table
from provision.local.world.clock import rfc3339
from provision.local.world.leases import Lease


def _view(session: Session) -> None:
    held = {}
    for machine in named(session):
        try:
            held[machine.id] = leases.show(session.api, machine)
        except Failure as failure:
            if "lease not found" not in failure.message:
                raise
    if session.json:
        session.say(pretty({key: _document(lease) for key, lease in held.items()}), end="")
    elif not held:
        session.say("No leases found")
    else:
        rows = [
            [key, lease.nonce, "success", lease.owner, f"{rfc3339(lease.expires_at)[:19]}Z"]
            for key, lease in held.items()
        ]
        session.say(table(rows, "Machine", "Nonce", "Status", "Owner", "Expires"), end="")


def _clear(session: Session) -> None:
    for machine in named(session):
        try:
            lease = leases.show(session.api, machine)
        except Failure as failure:
            if "lease not found" not in failure.message:
                raise
            continue
        session.say(f"clearing lease for machine {machine.id}")
        leases.release(session.api, machine, lease.nonce)
    session.say("Lease(s) cleared")


def _document(lease: Lease) -> dict[str, Any]:
    return {
        "status": "success",
        "data": {
            "nonce": lease.nonce,
            "expires_at": lease.expires_at // 1000,
            "owner": lease.owner,
            "description": lease.description,
            "version": "",
        },
        "message": "",
        "code": "",
    }


COMMAND = Group(
    "leases",
    (
        Command("view", _view, (*OF_APP, JSON), "[machine-id]"),
        Command("clear", _clear, OF_APP, "[machine-id]"),
    ),
    aliases=("lease",),
)
