"""Disks."""

from __future__ import annotations

from attrs import frozen


@frozen
class Volume:
    """A disk in one region; names repeat, ids do not."""

    id: str
    name: str
    state: str
    size_gb: int
    region: str
    zone: str
    attached_machine_id: str | None = None
    host_status: str | None = None
