"""Leases: who may change a machine, proven by a nonce, for as long as it lasts."""

from __future__ import annotations

from provision.local.world import identity
from provision.local.world.clock import rfc3339
from provision.local.world.record import Record
from provision.local.world.refusals import LeaseHeld, LeaseNotFound, Malformed
from provision.local.world.store import World

LONGEST_SECONDS = 30 * 24 * 3600
"""Longer than anybody waits; a limit of the local Fly's own."""


class Lease(Record):
    """
    A lease.

    Attributes:
        machine: The machine it is on.
        nonce: What its holder proves it with.
        expires_at: Milliseconds since 1970.
        owner: Who holds it.
        description: What for.
    """

    machine: str
    nonce: str
    expires_at: int
    owner: str
    description: str


def show(world: World, machine: str) -> Lease:
    """
    Return the lease on a machine.

    Raises:
        LeaseNotFound: There is none, or it has expired.
    """
    sql = (
        "SELECT machine, nonce, expires_at, owner, description FROM leases "
        "WHERE machine = ? AND expires_at > ?"
    )
    row = world.row(sql, machine, world.clock.now())
    if row is None:
        raise LeaseNotFound
    return Lease(*row)


def acquire(
    world: World, machine: str, *, seconds: int, nonce: str = "", description: str = ""
) -> Lease:
    """
    Take the lease on a machine, or prolong it with its *nonce*, which stays the same.

    Raises:
        Malformed: It cannot last so long, or not so short.
        LeaseHeld: Somebody else has it.
    """
    if not 0 < seconds <= LONGEST_SECONDS:
        raise Malformed(f"a lease lasts from 1 to {LONGEST_SECONDS} seconds")
    with world.transaction():
        check(world, machine, nonce)
        lease = Lease(
            machine=machine,
            nonce=nonce or identity.nonce(),
            expires_at=world.clock.now() + seconds * 1000,
            owner=world.setting("viewer_email"),
            description=description,
        )
        world.execute("DELETE FROM leases WHERE machine = ?", machine)
        world.insert("leases", **lease._asdict())
    return lease


def release(world: World, machine: str, nonce: str) -> None:
    """
    Give a lease back.

    Raises:
        LeaseNotFound: There is none.
        LeaseHeld: Somebody else has it.
    """
    with world.transaction():
        show(world, machine)
        check(world, machine, nonce)
        world.execute("DELETE FROM leases WHERE machine = ?", machine)


def check(world: World, machine: str, nonce: str) -> None:
    """
    Make sure that nobody else has the lease; an old nonce without a lease is fine.

    Raises:
        LeaseHeld: Somebody else has it.
    """
    try:
        lease = show(world, machine)
    except LeaseNotFound:
        return
    if lease.nonce != nonce:
        raise LeaseHeld(machine, lease.owner, rfc3339(lease.expires_at))
