"""The shape of the JSON: what was asked, what exists, what was found, what ran."""

from __future__ import annotations

from provision.report.models.app import (
    AddressSection,
    AppSection,
    CheckSection,
    ConfigSection,
    DifferenceSection,
    ExposureSection,
    MachineSection,
    MachinesSection,
    ProbeSection,
    ReleaseSection,
    SecretSection,
    VolumeSection,
)
from provision.report.models.report import Report
from provision.report.models.run import (
    SUCCEEDED,
    FlyctlSection,
    IdentitySection,
    NetworkSection,
    OrgSection,
    RunSection,
    SourceSection,
    SummarySection,
    ToolSection,
)
from provision.report.models.steps import (
    ALWAYS,
    NOT_RUN,
    ChangeSection,
    ChangesSection,
    StepSection,
)
from provision.report.models.troubles import (
    DiagnosticSection,
    ErrorSection,
    ExaminedSection,
    FindingSection,
    WarningSection,
)

__all__ = [
    "ALWAYS",
    "NOT_RUN",
    "SUCCEEDED",
    "AddressSection",
    "AppSection",
    "ChangeSection",
    "ChangesSection",
    "CheckSection",
    "ConfigSection",
    "DiagnosticSection",
    "DifferenceSection",
    "ErrorSection",
    "ExaminedSection",
    "ExposureSection",
    "FindingSection",
    "FlyctlSection",
    "IdentitySection",
    "MachineSection",
    "MachinesSection",
    "NetworkSection",
    "OrgSection",
    "ProbeSection",
    "ReleaseSection",
    "Report",
    "RunSection",
    "SecretSection",
    "SourceSection",
    "StepSection",
    "SummarySection",
    "ToolSection",
    "VolumeSection",
    "WarningSection",
]
