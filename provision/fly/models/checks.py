"""Results of health checks."""

from __future__ import annotations

import enum

from attrs import frozen

from provision.fly.models.unknown import Unknown


class CheckStatus(enum.Enum):
    """Results of a health check."""

    PASSING = "passing"
    WARNING = "warning"
    CRITICAL = "critical"


@frozen
class Check:
    """
    The latest result of a health check.

    Attributes:
        status: None as long as it has not run.
    """

    name: str
    status: CheckStatus | Unknown | None = None
    output: str = ""
    updated_at: str | None = None
