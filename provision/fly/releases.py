"""``fly releases``: numbered deployments."""

from __future__ import annotations

from procman import Step
from provision.fly.client import Fly
from provision.fly.models import Release


def list_(fly: Fly, *, app: str) -> Step[list[Release]]:
    """
    The latest 25 releases of *app*, the newest first.

    Source: flyctl internal/command/apps/releases.go
    """
    return fly.query("releases", "releases", "-a", app, "--json", "--image", into=list[Release])
