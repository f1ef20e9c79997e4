"""Volumes that a first deploy creates, held to what the real flyctl asked Fly for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from provision.fly_config import DiskSize, NeededVolume, load, needed_volumes

CORPUS = Path(__file__).parent / "corpus"
POSTED: dict[str, Any] = json.loads((CORPUS / "posted.json").read_text())["posted"]


def test_volumes_are_those_that_flyctl_created() -> None:
    """Name, size and snapshots are known before the deploy."""
    needed = {
        name: [
            (one.name, one.size.gb, one.snapshot_retention, one.scheduled_snapshots)
            for one in needed_volumes(load(CORPUS / "accepted" / name))
        ]
        for name in POSTED
    }

    keys = ("name", "size_gb", "snapshot_retention", "auto_backup_enabled")
    assert needed == {
        name: [tuple(map(posted.get, keys)) for posted in deploy.get("volumes", [])]
        for name, deploy in POSTED.items()
    }


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
