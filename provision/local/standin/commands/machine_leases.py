"""`fly machine leases`."""

from __future__ import annotations

from provision.local.standin.failure import Failure
from provision.local.standin.gojson import pretty
from provision.local.standin.grammar import JSON, OF_APP, Command, Group
from provision.local.standin.requests import leases
from provision.local.standin.selection import named
from provision.local.standin.session import Session
from provision.local.standin.table import table
from provision.local.world.clock import rfc3339
from provision.local.world.hints import Any
from provision.local.world.leases import Lease
from provision.local.world.machine import Machine


def _view(session: Session) -> None:
    held = [
        (machine, lease)
        for machine in named(session)
        if (lease := _lease(session, machine)) is not None
    ]
    if session.json:
        document = {machine.id: _document(machine, lease) for machine, lease in held}
        session.say(pretty(document), end="")
    elif not held:
        session.say("No leases found")
    else:
        rows = [
            [machine.id, lease.nonce, "success", lease.owner, f"{rfc3339(lease.expires_at)[:19]}Z"]
            for machine, lease in held
        ]
        session.say(table(rows, "Machine", "Nonce", "Status", "Owner", "Expires"), end="")


def _clear(session: Session) -> None:
    for machine in named(session):
        lease = _lease(session, machine)
        if lease is not None:
            session.say(f"clearing lease for machine {machine.id}")
            leases.release(session.api, machine, lease.nonce)
    session.say("Lease(s) cleared")


def _lease(session: Session, machine: Machine) -> Lease | None:
    try:
        return leases.show(session.api, machine)
    except Failure as failure:
        if "lease not found" not in failure.message:
            raise
    return None


def _document(machine: Machine, lease: Lease) -> dict[str, Any]:
    return {
        "status": "success",
        "data": {
            "nonce": lease.nonce,
            "expires_at": lease.expires_at // 1000,
            "owner": lease.owner,
            "version": machine.instance_id,
        },
    }


COMMAND = Group(
    "leases",
    (
        Command("view", _view, (*OF_APP, JSON), "[machine-id]"),
        Command("clear", _clear, OF_APP, "[machine-id]"),
    ),
    aliases=("lease",),
)
