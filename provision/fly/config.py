"""``fly config``: what flyctl makes of a fly.toml, and what an app was released with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from procman import Step, nothing
from provision.fly.client import Fly


def validate(fly: Fly, path: Path, *, app: str) -> Step[None]:
    """
    Have flyctl judge the fly.toml at *path*, strictly; it asks Fly nothing.

    Its exit code is the verdict: it prints that the file is valid before it refuses it.

    Source: flyctl internal/command/config/validate.go
    """
    return fly.reading(
        "config.validate",
        *("config", "validate", "--strict", "-c", str(path), "-a", app),
        parse=nothing,
    )


def show(fly: Fly, *, app: str) -> Step[dict[str, Any]]:
    """
    The definition *app* was last released with, as JSON.

    Source: flyctl internal/command/config/show.go
    """
    return fly.query("config.show", "config", "show", "-a", app, into=dict[str, Any])
