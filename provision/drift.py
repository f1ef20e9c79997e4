"""Tells of what was found where the world differs from what is declared, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import evolve

from provision.verification.finding import OF_HEALTH, Finding, Severity

BESIDES = frozenset({"foreign-app", "foreign-secret", "foreign-volume"})
"""The codes of findings on what nobody declared: an apply leaves it alone, and it differs."""

AT_REST = "asleep"
"""The code of the finding on an app of which nobody knows whether it would answer."""

UNSEEN = "machine-host"
"""The code of the finding on a machine whose config is perhaps not what Fly says."""


def drifted(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """
    Those of *findings* that are about drift; how machines do is not.

    What there is besides what is declared counts as much as what is missing. What Fly does not
    show is `UNPROVEN`: the value of a secret, and a machine whose host is not well.
    """
    return tuple(
        evolve(each, severity=_severity(each))
        for each in findings
        if each.code == UNSEEN or each.code not in {*OF_HEALTH, AT_REST}
    )


def _severity(finding: Finding) -> Severity:
    if finding.code in BESIDES:
        return Severity.ERROR
    return Severity.UNPROVEN if finding.code == UNSEEN else finding.severity
