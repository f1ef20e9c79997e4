"""The sections on what was run, and what it changed."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

ALWAYS = "always"
"""When a command of a dry run would be run, if it depends on nothing."""

NOT_RUN = "not run"
"""The outcome of what was only told, or not come to."""


@frozen(kw_only=True)
class StepSection:
    """
    A command that was run, or in a dry run one that would be.

    Attributes:
        id: Its job and its name; of one that was run its number as well, unique in its phase.
        phase: The workflow it belongs to.
        when: In a dry run: ``always``, or what it depends on.
    """

    id: str
    phase: str
    app: str | None
    outcome: str
    command: str
    reason: str = ""
    exit_code: int | None = None
    attempts: int | None = None
    started_ms: int | None = None
    duration_ms: int | None = None
    when: str | None = None


@frozen(kw_only=True)
class ChangeSection:
    """
    Something that was made, updated or destroyed, by the command that did it.

    Attributes:
        what: The thing, for a person: ``app acme-nfs``.
        reason: Why it was done.
        outcome: Of the command; one that failed may have done it all the same; ``not run`` of
            one that `provision plan` tells.
    """

    step: str
    app: str | None
    what: str
    reason: str
    command: str
    outcome: str


@frozen(kw_only=True)
class ChangesSection:
    """Everything that was changed, or is to be; all empty when nothing had to be."""

    created: Sequence[ChangeSection] = ()
    updated: Sequence[ChangeSection] = ()
    destroyed: Sequence[ChangeSection] = ()
