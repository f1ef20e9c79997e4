"""How the program was called."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from attrs import frozen

from provision.report.models import (
    WarningSection,
)


@frozen
class Invocation:
    """
    How the program was called.

    Attributes:
        id: Unique.
        command: The verb.
        environment: The word on the command line.
        mode: ``live``, ``rehearsal`` or ``dry-run``.
        started_at: UTC.
        journals: Files with every event.
        warnings: What was noticed before anything ran.
    """

    id: str
    command: str
    environment: str
    mode: str
    started_at: datetime
    journals: Sequence[str] = ()
    warnings: Sequence[WarningSection] = ()
