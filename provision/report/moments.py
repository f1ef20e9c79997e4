"""Moments as a report tells them: UTC, RFC 3339."""

from __future__ import annotations

from datetime import UTC, datetime


def moment(when: datetime) -> str:
    """*when*, to the millisecond."""
    return when.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def moment_of(seconds: float) -> str:
    """The moment *seconds* after 1970 began."""
    return moment(datetime.fromtimestamp(seconds, UTC))
