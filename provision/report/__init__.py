"""One document that says what was asked, what exists, what was found and what ran."""

from provision.report.building import (
    report_of,
    report_of_error,
    report_of_examination,
    report_of_plan,
)
from provision.report.invocation import Invocation
from provision.report.models import Report, StepSection, WarningSection
from provision.report.rendering import to_json
from provision.report.text import to_text, troubles

__all__ = [
    "Invocation",
    "Report",
    "StepSection",
    "WarningSection",
    "report_of",
    "report_of_error",
    "report_of_examination",
    "report_of_plan",
    "to_json",
    "to_text",
    "troubles",
]
