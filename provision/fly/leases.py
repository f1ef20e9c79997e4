"""``fly machine leases``: who works on a machine, to the exclusion of others."""

from __future__ import annotations

from collections.abc import Sequence

from procman import Step, nothing
from provision.fly.client import Fly
from provision.fly.models import Lease


def view(fly: Fly, machines: Sequence[str], *, app: str) -> Step[dict[str, Lease]]:
    """
    The leases on those *machines* of *app* that are held, by the id of the machine.

    Source: flyctl internal/command/machine/leases.go
    """
    return fly.query(
        "machine.leases",
        *("machine", "leases", "view", *machines, "-a", app, "--json"),
        into=dict[str, Lease],
    )


def clear(fly: Fly, machine: str, *, app: str) -> Step[None]:
    """
    End the lease on *machine* of *app*, whoever holds it.

    Source: flyctl internal/command/machine/leases.go
    """
    command = fly.command("machine", "leases", "clear", machine, "-a", app)
    return fly.acting("machine.leases.clear", command, parse=nothing)
