"""The machines a command names, and the leases it takes on them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from provision.local.standin.failure import Failure, not_interactive, within
from provision.local.standin.requests import leases, machines
from provision.local.standin.session import Session
from provision.local.standin.target import name_if_any
from provision.local.world.leases import Lease
from provision.local.world.machine import Machine

LEASE_SECONDS = 120
NOT_FOUND = 404


def named(session: Session) -> list[Machine]:
    """
    Return the machines that the arguments name.

    Raises:
        Failure: None is named, or one is not there.
    """
    app = name_if_any(session)
    if not session.arguments and not app:
        raise Failure("a machine ID or an app name is required")
    if not session.arguments:
        raise not_interactive("a machine ID")
    app = app or _found(session, session.arguments[0])
    return [_show(session, app, each) for each in session.arguments]


@contextmanager
def leased(session: Session, found: list[Machine]) -> Iterator[dict[str, str]]:
    """
    Lease machines for as long as the block lasts.

    Yields:
        The nonce of each machine's lease, by its id.
    """
    nonces: dict[str, str] = {}
    try:
        for machine in found:
            if machine.host_status == "ok":
                nonces[machine.id] = _lease(session, machine).nonce
        yield nonces
    finally:
        for machine in found:
            if machine.id in nonces:
                _release(session, machine, nonces[machine.id])


def _lease(session: Session, machine: Machine) -> Lease:
    waiting = f"Waiting on lease for machine {machine.id}..."
    try:
        return leases.acquire(
            session.api,
            machine,
            seconds=LEASE_SECONDS,
            say_waiting=lambda: session.say(waiting),
        )
    except Failure as failure:
        raise within("failed to obtain lease", failure) from None


def _found(session: Session, machine: str) -> str:
    try:
        return machines.find(session.api, machine).app.name
    except Failure as failure:
        raise within("could not get machine from GraphQL to determine app name", failure) from None


def _show(session: Session, app: str, machine: str) -> Machine:
    try:
        return machines.show(session.api, app, machine)
    except Failure as failure:
        if failure.status == NOT_FOUND and "machine not found" in failure.message:
            raise Failure(f"machine {machine} was not found in app '{app}'") from None
        raise within(f"could not get machine {machine}", failure) from None


def _release(session: Session, machine: Machine, nonce: str) -> None:
    try:
        leases.release(session.api, machine, nonce)
    except Failure as failure:
        # The lease of a machine that was destroyed is gone with it.
        if failure.status != NOT_FOUND:
            session.say(f"failed to release lease for machine {machine.id}: {failure.message}")
