"""Lines of logs."""

from __future__ import annotations

from attrs import frozen


@frozen
class LogEntry:
    """A line of an app's logs."""

    timestamp: str
    message: str
    level: str = ""
    instance: str = ""
    region: str = ""
