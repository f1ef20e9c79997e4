"""``fly volumes``: disks."""

from __future__ import annotations

from procman import Step
from provision.fly.client import Fly
from provision.fly.models import Volume


def list_(fly: Fly, *, app: str) -> Step[list[Volume]]:
    """
    The volumes of *app*, those about to be destroyed left out.

    Source: flyctl internal/command/volumes/list.go
    """
    return fly.query("volumes.list", "volumes", "list", "-a", app, "--json", into=list[Volume])
