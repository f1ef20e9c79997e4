"""How long ago something was, in flyctl's words."""

from __future__ import annotations

import time

_SPANS = (
    ("second", 1),
    ("minute", 60),
    ("hour", 3600),
    ("day", 86400),
    ("week", 7 * 86400),
    ("month", 30 * 86400),
    ("year", 360 * 86400),
)


def roughly(now: int, then: int) -> str:
    """Return how long before *now* *then* was, as ``2 hours ago``; both in milliseconds."""
    seconds = max(0, now - then) // 1000
    if seconds < 1:
        return "now"
    name, length = next(span for span in reversed(_SPANS) if seconds >= span[1])
    count = seconds // length
    return f"{count} {name}{'s' if count > 1 else ''} ago"


def ago(now: int, then: int) -> str:
    """Return how long before *now* *then* was; both in milliseconds."""
    seconds = max(0, now - then) // 1000
    if seconds < 1:
        return "just now"
    if seconds < 60:  # noqa: PLR2004 - seconds of a minute
        return f"{seconds}s ago"
    minutes, seconds = divmod(seconds, 60)
    if minutes < 60:  # noqa: PLR2004 - minutes of an hour
        return f"{minutes}m{seconds}s ago"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:  # noqa: PLR2004 - hours of a day
        return f"{hours}h{minutes}m ago"
    return time.strftime("%b %-d %Y %H:%M", time.gmtime(then // 1000))
