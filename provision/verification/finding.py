"""What can be wrong with what was read back."""

from __future__ import annotations

import enum
from collections.abc import Sequence

from attrs import frozen

from provision.errors import ExitCode, ProvisionError


class Severity(enum.Enum):
    """How much a finding matters."""

    ERROR = "error"
    """It is not as declared."""

    UNPROVEN = "unproven"
    """It may be as declared; nobody can tell from what Fly shows."""


@frozen
class Finding:
    """
    One thing that is not as declared, or cannot be proven to be.

    Attributes:
        code: Stable, for programs: ``machine-count``.
        where: Path of the thing, e.g. ``machines.app``.
        expected: As declared, in words.
        observed: As found, in words.
        app: The app's name in the manifest; None for the organization.
        hint: What to do next; "" where we know nothing better.
    """

    code: str
    where: str
    expected: str
    observed: str
    app: str | None = None
    severity: Severity = Severity.ERROR
    hint: str = ""

    def __str__(self) -> str:
        subject = f"{self.app}: " if self.app else ""
        return f"{subject}{self.where}: expected {self.expected}, found {self.observed}"


UNCHECKED = "unchecked"
"""The code of a finding on an app that must be proven to do well, and is not."""

OF_HEALTH = frozenset(
    {"machine-state", "machine-check", "machine-host", "machine-deaf", "probe", UNCHECKED}
)
"""The codes of findings on how an app does, whatever its configuration."""

OF_MACHINES = frozenset({"machine-state", "machine-check", "machine-unstable"})
"""The codes of findings that a new release may end, though nothing declared has changed."""


class NotVerified(ProvisionError):
    """
    Raised when it ran, but the world is not as asked.

    Attributes:
        findings: Everything that is wrong.
    """

    exit_code = ExitCode.NOT_VERIFIED

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        ill = sorted({f.app for f in findings if f.app and f.code in OF_MACHINES})
        again = " ".join(f"--redeploy {app}" for app in ill)
        hints = [f"when the cause is mended, release it anew: {again}"] if ill else []
        self.hint = "; ".join(dict.fromkeys((*hints, *(f.hint for f in findings if f.hint))))
        super().__init__(self.findings)

    def __str__(self) -> str:
        return "; ".join(map(str, self.findings))
