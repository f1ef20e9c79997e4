"""Volumes that a first deploy creates, held to what the real flyctl asked Fly for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from provision.fly_config import DiskSize, NeededVolume, load, needed_volumes

CORPUS = Path(__file__).parent / "corpus"
POSTED: dict[str, Any] = json.loads((CORPUS / "posted.json").read_text())["posted"]


@pytest.mark.parametrize("name", POSTED)
def test_volumes_are_those_that_flyctl_created(name: str) -> None:
    """Name, size and snapshots are known before the deploy."""
    needed = needed_volumes(load(CORPUS / "accepted" / name))

    assert [
        (one.name, one.size.gb, one.snapshot_retention, one.scheduled_snapshots) for one in needed
    ] == [
        (
            posted["name"],
            posted["size_gb"],
            posted.get("snapshot_retention"),
            posted.get("auto_backup_enabled"),
        )
        for posted in POSTED[name].get("volumes", [])
    ]


def test_each_group_has_its_own() -> None:
    """A volume belongs to the machines of one process group."""
    needed = needed_volumes(load(CORPUS / "accepted" / "mounts-per-group.toml"))

    assert needed == (
        NeededVolume(
            "app",
            "app_data",
            DiskSize(1),
            snapshot_retention=14,
            scheduled_snapshots=True,
        ),
        NeededVolume("index", "index_data", DiskSize(20), scheduled_snapshots=False),
    )
