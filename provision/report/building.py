"""Makes a report of what was performed."""

from __future__ import annotations

import hashlib
import platform as python
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

from attrs import frozen

import provision
from procman import JobRecord, Outcome, StepError, StepRecord, StepTimedOut
from provision.diagnose import AppFailed, Diagnosis, exit_code_of
from provision.doctor import Answers, exit_code
from provision.errors import ExitCode, PreconditionsFailed, ProvisionError
from provision.finding import Finding, Severity
from provision.fly.errors import question
from provision.fly.models import FlyctlVersion, Identity, Machine
from provision.fly.version import CHECKED
from provision.perform import Performed, Phase
from provision.platform import Platform
from provision.report.apps import app_section
from provision.report.models import (
    AppSection,
    ChangeSection,
    ChangesSection,
    DiagnosticSection,
    ErrorSection,
    ExaminedSection,
    FindingSection,
    FlyctlSection,
    IdentitySection,
    NetworkSection,
    OrgSection,
    Report,
    RunSection,
    SourceSection,
    StepSection,
    SummarySection,
    ToolSection,
    WarningSection,
)
from provision.verify import Health

CREATES = {
    "fly.orgs.create",
    "fly.apps.create",
    "fly.ips.allocate",
    "fly.deploy",
    "fly.scale.count",
}
UPDATES = {"fly.secrets.import", "fly.secrets.set", "fly.machine.start"}
DESTROYS = {"fly.apps.destroy", "fly.orgs.delete"}
"""The steps that change something; every other step reads."""

EVENTS = 10
"""Events of a machine that a report shows: the last ones."""


@frozen
class Invocation:
    """
    How the program was called.

    Attributes:
        id: Unique.
        command: The verb.
        environment: The word on the command line.
        mode: ``live``, ``rehearsal`` or ``dry-run``.
        started_at: UTC.
        journals: Files with every event.
        warnings: What was noticed before anything ran.
    """

    id: str
    command: str
    environment: str
    mode: str
    started_at: datetime
    journals: Sequence[str] = ()
    warnings: Sequence[WarningSection] = ()


def report_of(invocation: Invocation, performed: Performed, seconds: float) -> Report:
    """The report of what was *performed* within *seconds*."""
    platform = performed.session.platform
    apps = _apps(performed)
    steps = [step for phase in performed.phases for step in _steps(phase)]
    changes = _changes(performed)
    return Report(
        run=run_section(invocation, performed.exit_code, seconds, performed.phases),
        tool=tool_section(performed.preflight.flyctl if performed.preflight else None),
        source=source_section(platform),
        identity=_identity(performed.preflight.identity if performed.preflight else None),
        org=_org(performed),
        network=NetworkSection(name=platform.manifest.network.name),
        apps=apps,
        steps=steps,
        changes=changes,
        findings=list(_findings(performed.findings, Severity.ERROR)),
        unproven=list(_findings(performed.findings, Severity.UNPROVEN)),
        warnings=[*invocation.warnings, *_doubts(performed)],
        errors=[_error(job, error) for job, error in performed.errors],
        diagnostics=[
            _diagnostic(error.app, error.diagnosis)
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
        identity=_identity(answers.identity),
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
        errors=[_error(None, each) for each in _one_by_one(error)],
        warnings=list(invocation.warnings),
    )


def run_section(
    invocation: Invocation, exit_code: int, seconds: float, phases: Sequence[Phase] = ()
) -> RunSection:
    """The section on the run itself."""
    finished = datetime.now(UTC)
    interrupted = any(phase.run.signal is not None for phase in phases)
    failed = "interrupted" if interrupted else "failed"
    return RunSection(
        id=invocation.id,
        command=invocation.command,
        environment=invocation.environment,
        status="succeeded" if exit_code == ExitCode.CONVERGED else failed,
        exit_code=int(exit_code),
        started_at=_moment(invocation.started_at),
        finished_at=_moment(finished),
        duration_ms=round(seconds * 1000),
        mode=invocation.mode,
        interrupted=interrupted,
        journals=invocation.journals,
    )


def source_section(platform: Platform) -> SourceSection:
    """The section on what was asked."""
    path = platform.loaded.path
    return SourceSection(
        manifest=str(path), manifest_sha256=hashlib.sha256(path.read_bytes()).hexdigest()
    )


def _moment(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def tool_section(flyctl: FlyctlVersion | None = None) -> ToolSection:
    """The section on the programs; of *flyctl* only where it was asked."""
    return ToolSection(
        provision=provision.__version__,
        python=python.python_version(),
        flyctl=None if flyctl is None else _flyctl(flyctl),
    )


def _flyctl(found: FlyctlVersion) -> FlyctlSection:
    return FlyctlSection(version=found.version, environment=found.environment, checked=str(CHECKED))


def _doubts(performed: Performed) -> Iterator[WarningSection]:
    for doubt in performed.preflight.doubts if performed.preflight else ():
        yield WarningSection(code="flyctl", message=doubt)


def _identity(identity: Identity | None) -> IdentitySection | None:
    return None if identity is None else IdentitySection(whoami=identity.email)


def _org(performed: Performed) -> OrgSection | None:
    found = performed.seen.org.organization if performed.seen else None
    if found is None:
        return None
    return OrgSection(slug=found.slug, name=found.name, id=found.id, viewer_role=found.viewer_role)


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


def _steps(phase: Phase) -> Iterator[StepSection]:
    for job in phase.run.jobs:
        for step in job.steps:
            yield _step(phase, job, step)


def _step(phase: Phase, job: JobRecord, step: StepRecord) -> StepSection:
    last = step.attempts[-1] if step.attempts else None
    output = last.output if last else None
    return StepSection(
        id=f"{job.name}.{step.name}.{step.id}",
        phase=phase.run.workflow,
        app=_app_of(job.name),
        outcome=step.outcome.value if step.outcome else "unknown",
        command=last.command if last else "",
        reason=step.cause.partition("\n")[0],
        exit_code=output.exit_code if output else None,
        attempts=len(step.attempts),
        started_ms=round(step.started * 1000),
        duration_ms=None if step.seconds is None else round(step.seconds * 1000),
    )


def _app_of(job: str) -> str | None:
    return job.removeprefix("apps.") if job.startswith("apps.") else None


def _changes(performed: Performed) -> ChangesSection:
    done = [
        (step.name, _change(job, step))
        for phase in performed.phases
        for job in phase.run.jobs
        for step in job.steps
    ]
    return ChangesSection(
        created=[change for name, change in done if name in CREATES],
        updated=[change for name, change in done if name in UPDATES],
        destroyed=[change for name, change in done if name in DESTROYS],
    )


def _change(job: JobRecord, step: StepRecord) -> ChangeSection:
    return ChangeSection(
        step=step.name,
        app=_app_of(job.name),
        command=step.attempts[-1].command if step.attempts else "",
        outcome=step.outcome.value if step.outcome else "unknown",
    )


def _findings(findings: Sequence[Finding], severity: Severity) -> Iterator[FindingSection]:
    for finding in findings:
        if finding.severity is severity:
            yield FindingSection(
                code=finding.code,
                app=finding.app,
                where=finding.where,
                expected=finding.expected,
                observed=finding.observed,
            )


def _one_by_one(error: Exception) -> Sequence[Exception]:
    return error.failures if isinstance(error, PreconditionsFailed) else (error,)


def _error(job: str | None, error: BaseException) -> ErrorSection:
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
        app=_app_of(job) if job else None,
        hint=hint,
    )


def _diagnostic(app: str, diagnosis: Diagnosis) -> DiagnosticSection:
    return DiagnosticSection(
        app=app,
        logs=[f"{e.timestamp} {e.instance} [{e.level}] {e.message}" for e in diagnosis.logs],
        no_logs=diagnosis.no_logs,
        events=[line for machine in diagnosis.machines for line in _events(machine)],
        leases=[
            f"{id_} is leased by {lease.data.owner} until {_at(lease.data.expires_at)}"
            for id_, lease in sorted(diagnosis.leases.items())
        ],
    )


def _at(seconds: float) -> str:
    return _moment(datetime.fromtimestamp(seconds, UTC))


def _events(machine: Machine) -> Iterator[str]:
    for event in machine.events[:EVENTS]:
        moment = _at(event.timestamp / 1000)
        found = event.exit
        how = f" exit code {found.exit_code}" if found else ""
        killed = " out of memory" if found and found.oom_killed else ""
        yield f"{moment} {machine.id} {event.type} {event.status} by {event.source}{how}{killed}"


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
