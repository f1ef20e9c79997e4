"""The sections on what is wrong, or may be."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen


@frozen(kw_only=True)
class FindingSection:
    """
    Something that is not as declared, or cannot be proven to be.

    Attributes:
        severity: ``error`` if it is not, ``unproven`` if nobody can tell.
        hint: What to do next; missing where we know nothing better.
    """

    code: str
    app: str | None
    where: str
    expected: str
    observed: str
    severity: str
    hint: str | None = None


@frozen(kw_only=True)
class WarningSection:
    """
    Something worth knowing that changes nothing.

    Attributes:
        app: The app's name in the manifest; missing for what concerns none alone.
    """

    code: str
    message: str
    app: str | None = None


@frozen(kw_only=True)
class ExaminedSection:
    """
    One thing that `provision doctor` looked at.

    Attributes:
        verdict: ``good``, ``bad``, or ``unknown`` for what could not be looked at.
    """

    name: str
    verdict: str
    found: str
    hint: str


@frozen(kw_only=True)
class ErrorSection:
    """Why the run failed; hint says what to do next, where we know."""

    code: str
    message: str
    app: str | None
    hint: str


@frozen(kw_only=True)
class DiagnosticSection:
    """
    What was learned of an app that failed.

    Attributes:
        logs: Its last lines.
        no_logs: Why there are none; "" if there are some.
        events: The last events of its machines, the newest first.
        leases: Who works on which of its machines, and until when.
    """

    app: str
    logs: Sequence[str] = ()
    no_logs: str = ""
    events: Sequence[str] = ()
    leases: Sequence[str] = ()
