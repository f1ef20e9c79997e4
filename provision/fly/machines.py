"""``fly machine``: VMs."""

from __future__ import annotations

from procman import Step
from provision.fly.client import Fly
from provision.fly.models import Machine


def list_(fly: Fly, *, app: str) -> Step[list[Machine]]:
    """
    Every machine of *app*: those of deploys, of release commands, and those made by hand.

    Source: flyctl internal/command/machine/list.go
    """
    return fly.query("machine.list", "machine", "list", "-a", app, "--json", into=list[Machine])
