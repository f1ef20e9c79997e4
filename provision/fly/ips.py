"""``fly ips``: addresses."""

from __future__ import annotations

from procman import Step, nothing
from provision.fly.client import Fly
from provision.fly.models import IPAddress, IPType


def list_(fly: Fly, *, app: str) -> Step[list[IPAddress]]:
    """
    The addresses of *app*.

    Source: flyctl internal/command/ips/list.go
    """
    return fly.query("ips.list", "ips", "list", "-a", app, "--json", into=list[IPAddress])


def allocate_private(fly: Fly, *, app: str, org: str, network: str) -> Step[None]:
    """
    Give *app* a Flycast address that *network* of *org* reaches.

    Not safe to repeat: every call adds an address. It prints no JSON; read the list.

    Source: flyctl internal/command/ips/allocate.go
    """
    command = fly.command(
        *("ips", "allocate-v6", "--private"),
        *("-a", app, "--network", network, "--org", org),
    )
    return fly.acting("ips.allocate", command, parse=nothing)


def allocate_public(fly: Fly, kind: IPType, *, app: str) -> Step[None]:
    """
    Give *app* a public address: v6, shared_v4, or v4, which costs money.

    Not safe to repeat, but for shared_v4. It prints no JSON; read the list.

    Source: flyctl internal/command/ips/allocate.go
    """
    args = {
        IPType.V6: ("allocate-v6",),
        IPType.SHARED_V4: ("allocate-v4", "--shared"),
        IPType.V4: ("allocate-v4", "--yes"),
    }[kind]
    return fly.acting("ips.allocate", fly.command("ips", *args, "-a", app), parse=nothing)


def release(fly: Fly, address: str, *, app: str) -> Step[None]:
    """
    Take *address* from *app*.

    Source: flyctl internal/command/ips/release.go
    """
    command = fly.command("ips", "release", address, "-a", app)
    return fly.acting("ips.release", command, parse=nothing)
