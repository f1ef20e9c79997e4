"""``fly scale``: how many machines."""

from __future__ import annotations

from collections.abc import Mapping

from procman import Step, nothing
from provision.fly.client import Fly
from provision.fly.models import ScaleGroup


def show(fly: Fly, *, app: str) -> Step[list[ScaleGroup]]:
    """
    How many machines each process group of *app* has.

    Source: flyctl internal/command/scale/show_machines.go
    """
    return fly.query("scale.show", "scale", "show", "-a", app, "--json", into=list[ScaleGroup])


def count(fly: Fly, counts: Mapping[str, int], *, app: str, region: str | None) -> Step[None]:
    """
    Bring process groups of *app* to so many machines each; groups not named stay as they are.

    Safe to repeat. It does not wait for the machines to be healthy.

    Args:
        fly: How to call flyctl.
        counts: Machines by process group.
        app: A deployed app.
        region: Where to add machines; None for wherever there are some.

    Source: flyctl internal/command/scale/count.go
    """
    groups = [f"{group}={number}" for group, number in sorted(counts.items())]
    place = () if region is None else ("--region", region)
    command = fly.command("scale", "count", *groups, "-a", app, *place, "--yes")
    return fly.acting("scale.count", command, parse=nothing, timeout=300)
