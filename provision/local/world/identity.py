"""Identities in the shapes Fly gives them: machine ids, ULIDs, volume ids, addresses, names."""

from __future__ import annotations

import os

from provision.local.world.store import World

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ADJECTIVES = ("amber", "brisk", "calm", "dawn", "ember", "frosty", "gentle", "hidden", "icy")
_NOUNS = ("brook", "cloud", "dune", "field", "grove", "hill", "lake", "meadow", "pine", "river")


def ulid(world: World) -> str:
    """Return a ULID; each is greater than all before it, so that sorting keeps the order."""
    with world.transaction():
        now = world.clock.now() << 80 | int.from_bytes(os.urandom(9))
        last = int(world.value("SELECT value FROM counters WHERE name = 'ulid'") or 0)
        number = max(now, last + 1)
        sql = "INSERT INTO counters VALUES ('ulid', ?) ON CONFLICT DO UPDATE SET value = ?"
        world.execute(sql, str(number), str(number))
    return "".join(_CROCKFORD[number >> shift & 31] for shift in range(125, -1, -5))


def machine_id(number: int) -> str:
    """Return 14 hexadecimal digits: random ones, then *number*, so that no two are the same."""
    return f"{int.from_bytes(os.urandom(3)):06x}{number:08x}"


def volume_id(number: int) -> str:
    """Return ``vol_`` and 16 hexadecimal digits."""
    return f"vol_{os.urandom(4).hex()}{number:08x}"


def nonce() -> str:
    """Return what proves that a lease is ours."""
    return os.urandom(6).hex()


def machine_name(number: int) -> str:
    """Return two words and a number, as Fly names a machine that was given no name."""
    adjective = _ADJECTIVES[number % len(_ADJECTIVES)]
    return f"{adjective}-{_NOUNS[number % len(_NOUNS)]}-{number}"


def private_ip(network: int, number: int) -> str:
    """Return the 6PN address of the machine *number* on *network*."""
    return f"fdaa:0:{network:x}:a7b::{number:x}"


def flycast_address(network: int, number: int) -> str:
    """Return the Flycast address *number* on *network*."""
    return f"fdaa:0:{network:x}:1::{number:x}"


def public_v6(number: int) -> str:
    """Return the dedicated IPv6 address *number*."""
    return f"2a09:8280:1::{number:x}"


def dedicated_v4(number: int) -> str:
    """Return the dedicated IPv4 address *number*."""
    return f"137.66.{number // 250}.{number % 250 + 1}"


def shared_v4(app: int) -> str:
    """Return the shared IPv4 address that the app numbered *app* gets."""
    return f"66.241.124.{app % 250 + 1}"


def digest(salt: str, value: str) -> str:
    """Return what tells two values of a secret apart without telling the value."""
    from hashlib import sha256  # noqa: PLC0415 - few commands need it, and it costs them all 4 ms

    return sha256(f"{salt}:{value}".encode()).hexdigest()[:16]
