"""One thing to do, and the command that does it."""

from __future__ import annotations

import enum
from typing import Any

from attrs import frozen

from procman import Step


class Action(enum.Enum):
    """What a change does to the thing it is about."""

    CREATE = "create"
    UPDATE = "update"
    DESTROY = "destroy"


@frozen
class Change:
    """
    One thing to do, and the command that does it.

    Attributes:
        action: To the thing.
        what: The thing, for a person: ``app acme-nfs``.
        reason: Why it is to be done.
        step: The command.
        app: The app's name in the manifest; None for what belongs to the organization.
        is_paid: Whether the thing costs money by the month.
    """

    action: Action
    what: str
    reason: str
    step: Step[Any]
    app: str | None = None
    is_paid: bool = False
