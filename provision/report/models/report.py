"""The whole of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import field, frozen

from provision.report.models.app import AppSection
from provision.report.models.run import (
    IdentitySection,
    NetworkSection,
    OrgSection,
    RunSection,
    SourceSection,
    SummarySection,
    ToolSection,
)
from provision.report.models.steps import ChangesSection, StepSection
from provision.report.models.troubles import (
    DiagnosticSection,
    ErrorSection,
    ExaminedSection,
    FindingSection,
    WarningSection,
)

FORMAT_VERSION = "1.0"
"""Rises by a minor number when something is added, by a major one when something changes."""


@frozen(kw_only=True)
class Report:
    """
    Everything there is to say of one run.

    Attributes:
        examined: What `provision doctor` looked at; of no other command.
        pending: What a run would change, by `provision plan`; of no other command.
        findings: What is not as declared.
        unproven: What may be as declared, and cannot be proven to be.
    """

    run: RunSection
    tool: ToolSection
    source: SourceSection | None = None
    identity: IdentitySection | None = None
    org: OrgSection | None = None
    network: NetworkSection | None = None
    apps: Mapping[str, AppSection] = field(factory=dict)
    examined: Sequence[ExaminedSection] | None = None
    steps: Sequence[StepSection] = ()
    changes: ChangesSection = field(factory=ChangesSection)
    pending: ChangesSection | None = None
    findings: Sequence[FindingSection] = ()
    unproven: Sequence[FindingSection] = ()
    warnings: Sequence[WarningSection] = ()
    errors: Sequence[ErrorSection] = ()
    diagnostics: Sequence[DiagnosticSection] = ()
    summary: SummarySection | None = None
    format_version: str = FORMAT_VERSION
    kind: str = "provision.report"
