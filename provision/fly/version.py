"""``fly version``: the program itself."""

from __future__ import annotations

from procman import Step
from provision.fly.client import Fly
from provision.fly.models import FlyctlVersion


def show(fly: Fly) -> Step[FlyctlVersion]:
    """
    Ask flyctl for its version; needs no token and no network.

    Source: flyctl internal/command/version/version.go
    """
    return fly.query("version", "version", "--json", into=FlyctlVersion, timeout=20)
