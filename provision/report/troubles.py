"""Makes the sections on what is wrong, or may be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from procman import StepError, StepTimedOut
from provision.diagnose import AppFailed, Diagnosis
from provision.errors import PreconditionsFailed, ProvisionError
from provision.fly.errors import question
from provision.fly.models import Machine
from provision.perform import Performed
from provision.report.models import (
    DiagnosticSection,
    ErrorSection,
    FindingSection,
    WarningSection,
)
from provision.report.moments import moment_of
from provision.report.steps import app_of
from provision.verification.finding import Finding, Severity

EVENTS = 10
"""Events of a machine that a report shows: the last ones."""


def doubt_sections(performed: Performed) -> Iterator[WarningSection]:
    """A warning for each thing that speaks against the flyctl that was used all the same."""
    for doubt in performed.preflight.doubts if performed.preflight else ():
        yield WarningSection(code="flyctl", message=doubt)


def paid_sections(performed: Performed) -> Iterator[WarningSection]:
    """A warning for each thing that a run would make and that costs money."""
    for change in performed.pending or ():
        if change.is_paid:
            message = f"{change.what}: it costs money each month, and a run wants --allow-paid"
            yield WarningSection(code="paid", message=message, app=change.app)


def finding_sections(findings: Sequence[Finding], severity: Severity) -> Iterator[FindingSection]:
    """A section on each of the *findings* of that severity."""
    for finding in findings:
        if finding.severity is severity:
            yield FindingSection(
                code=finding.code,
                app=finding.app,
                where=finding.where,
                expected=finding.expected,
                observed=finding.observed,
                severity=finding.severity.value,
                hint=finding.hint or None,
            )


def one_by_one(error: Exception) -> Sequence[Exception]:
    """The errors that *error* stands for."""
    return error.failures if isinstance(error, PreconditionsFailed) else (error,)


def error_section(job: str | None, error: BaseException) -> ErrorSection:
    """
    The section on *error*, which *job* raised; None for one that was raised before any job.

    Its code is the name of the error's class, of an app's failure that of its cause. Its message
    ends with the command behind a refusal, if one is known.
    """
    inner = error.error if isinstance(error, AppFailed) else error
    hint = inner.hint if isinstance(inner, ProvisionError) else ""
    if isinstance(inner, StepTimedOut) and (asked := question(inner)):
        hint = f"flyctl asked {asked!r}, and nobody answers: an argument of ours is missing"
    cause = inner.__cause__
    said = [str(inner)]
    if isinstance(cause, StepError) and isinstance(inner, ProvisionError):
        said.append(str(cause))
    return ErrorSection(
        code=type(inner).__name__,
        message="\n".join(said),
        app=app_of(job) if job else None,
        hint=hint,
    )


def diagnostic_section(app: str, diagnosis: Diagnosis) -> DiagnosticSection:
    """The section on what was found out about an app that failed."""
    return DiagnosticSection(
        app=app,
        logs=[f"{e.timestamp} {e.instance} [{e.level}] {e.message}" for e in diagnosis.logs],
        no_logs=diagnosis.no_logs,
        events=[line for machine in diagnosis.machines for line in _events(machine)],
        leases=[
            f"{id_} is leased by {lease.data.owner} until {moment_of(lease.data.expires_at)}"
            for id_, lease in sorted(diagnosis.leases.items())
        ],
    )


def _events(machine: Machine) -> Iterator[str]:
    for event in machine.events[:EVENTS]:
        when = moment_of(event.timestamp / 1000)
        found = event.exit
        how = f" exit code {found.exit_code}" if found else ""
        killed = " out of memory" if found and found.oom_killed else ""
        yield f"{when} {machine.id} {event.type} {event.status} by {event.source}{how}{killed}"
