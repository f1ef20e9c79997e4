"""Makes a report of what was performed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from procman import JobRecord, Outcome
from provision.diagnose import AppFailed, exit_code_of
from provision.doctor import Answers, exit_code
from provision.errors import ExitCode
from provision.perform import Performed
from provision.platform import Platform
from provision.report.apps import app_section
from provision.report.invocation import Invocation
from provision.report.models import (
    AppSection,
    ChangesSection,
    ExaminedSection,
    NetworkSection,
    Report,
    StepSection,
    SummarySection,
)
from provision.report.run import (
    identity_section,
    org_section,
    run_section,
    source_section,
    tool_section,
)
from provision.report.steps import changes_section, pending_section, step_sections
from provision.report.troubles import (
    diagnostic_section,
    doubt_sections,
    error_section,
    finding_sections,
    one_by_one,
    paid_sections,
)
from provision.verification.condition import Health
from provision.verification.finding import Severity


def report_of(invocation: Invocation, performed: Performed, seconds: float) -> Report:
    """The report of what was *performed* within *seconds*."""
    platform = performed.session.platform
    apps = _apps(performed)
    steps = [step for phase in performed.phases for step in step_sections(phase)]
    changes = changes_section(performed)
    return Report(
        run=run_section(invocation, performed.exit_code, seconds, performed.phases),
        tool=tool_section(performed.preflight.flyctl if performed.preflight else None),
        source=source_section(platform),
        identity=identity_section(performed.preflight.identity if performed.preflight else None),
        org=org_section(performed),
        network=NetworkSection(name=platform.manifest.network.name),
        apps=apps,
        steps=steps,
        changes=changes,
        pending=pending_section(performed),
        findings=list(finding_sections(performed.findings, Severity.ERROR)),
        unproven=list(finding_sections(performed.findings, Severity.UNPROVEN)),
        warnings=[*invocation.warnings, *doubt_sections(performed), *paid_sections(performed)],
        errors=[error_section(job, error) for job, error in performed.errors],
        diagnostics=[
            diagnostic_section(error.app, error.diagnosis)
            for _, error in performed.errors
            if isinstance(error, AppFailed)
        ],
        summary=_summary(apps, changes),
    )


def report_of_plan(
    invocation: Invocation, platform: Platform, steps: Sequence[StepSection], seconds: float
) -> Report:
    """The report of a dry run: what would be run."""
    return Report(
        run=run_section(invocation, ExitCode.CONVERGED, seconds),
        tool=tool_section(),
        source=source_section(platform),
        network=NetworkSection(name=platform.manifest.network.name),
        apps={
            app.key: app_section(platform, app, None, None, ()) for app in platform.apps.values()
        },
        steps=steps,
        warnings=list(invocation.warnings),
    )


def report_of_examination(invocation: Invocation, answers: Answers, seconds: float) -> Report:
    """The report of `provision doctor`."""
    return Report(
        run=run_section(invocation, exit_code(answers.examined), seconds),
        tool=tool_section(answers.flyctl),
        identity=identity_section(answers.identity),
        examined=[
            ExaminedSection(
                name=each.name, verdict=each.verdict.value, found=each.found, hint=each.hint
            )
            for each in answers.examined
        ],
        warnings=list(invocation.warnings),
    )


def report_of_error(invocation: Invocation, error: Exception, seconds: float) -> Report:
    """The report of a run that did not come to its first step."""
    return Report(
        run=run_section(invocation, exit_code_of(error), seconds),
        tool=tool_section(),
        errors=[error_section(None, each) for each in one_by_one(error)],
        warnings=list(invocation.warnings),
    )


def _apps(performed: Performed) -> dict[str, AppSection]:
    platform = performed.session.platform
    records = _records(performed)
    return {
        app.key: app_section(
            platform,
            app,
            records.get(f"apps.{app.key}"),
            performed.seen.apps.get(app.key) if performed.seen else None,
            [finding for finding in performed.findings if finding.app == app.key],
        )
        for app in platform.apps.values()
    }


def _records(performed: Performed) -> Mapping[str, JobRecord]:
    """The jobs of the phase that did the work: the one after the preflight."""
    work = performed.phases[1:2]
    return {job.name: job for phase in work for job in phase.run.jobs}


def _summary(apps: Mapping[str, AppSection], changes: ChangesSection) -> SummarySection:
    outcomes = [app.outcome for app in apps.values()]
    up = (Health.HEALTHY.value, Health.IDLE.value)
    return SummarySection(
        apps=len(apps),
        healthy=sum(app.health in up for app in apps.values()),
        failed=sum(o in (Outcome.FAILED.value, Outcome.TIMED_OUT.value) for o in outcomes),
        skipped=outcomes.count(Outcome.SKIPPED.value),
        changed=len(changes.created) + len(changes.updated) + len(changes.destroyed),
    )
