"""Numbered deployments of an app."""

from __future__ import annotations

import enum

from attrs import frozen

from provision.fly.models.unknown import Unknown


class ReleaseStatus(enum.Enum):
    """How a release came out."""

    PENDING = "pending"
    RUNNING = "running"
    COMPLETE = "complete"
    INTERRUPTED = "interrupted"
    FAILED = "failed"


@frozen
class Release:
    """A numbered deployment of an app."""

    id: str
    version: int
    status: ReleaseStatus | Unknown
    created_at: str
    in_progress: bool = False
    description: str = ""
    image_ref: str = ""
