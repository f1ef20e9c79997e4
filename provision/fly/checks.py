"""``fly checks``: health checks."""

from __future__ import annotations

from procman import Step
from provision.fly.client import Fly
from provision.fly.models import Check


def list_(fly: Fly, *, app: str) -> Step[dict[str, list[Check]]]:
    """
    The latest result of each check, by the id of the machine.

    Source: flyctl internal/command/checks/list.go
    """
    return fly.query(
        "checks.list", "checks", "list", "-a", app, "--json", into=dict[str, list[Check]]
    )
