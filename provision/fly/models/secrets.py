"""Secrets, without their values."""

from __future__ import annotations

import enum

from attrs import frozen

from provision.fly.models.unknown import Unknown


class SecretState(enum.Enum):
    """How far a secret has come."""

    DEPLOYED = "Deployed"
    STAGED = "Staged"
    PARTIAL = "Partial"
    UNKNOWN = "Unknown"


@frozen
class SecretStatus:
    """
    What Fly shows of a secret: never its value.

    Attributes:
        digest: Changes with the value; how is not published.
        status: None for an app of more than a hundred machines.
    """

    name: str
    digest: str
    status: SecretState | Unknown | None = None
