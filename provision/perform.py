"""What the program does, verb by verb: workflows one after another, and what came of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from attrs import evolve, field, frozen

from procman import Hook, Interrupts, Outcome, Run, Workflow
from provision.change_log import ChangeLog, LoggedChange
from provision.diagnose import AppFailed, exit_code_of
from provision.drift import drifted
from provision.errors import ExitCode
from provision.pending import planning
from provision.plan import Change
from provision.preflight import Preflight, preflight
from provision.probe import Probed
from provision.read_back import observation
from provision.session import Session
from provision.teardown import teardown
from provision.verification.finding import Finding, Severity
from provision.verification.observe import SeenApp, SeenOrg
from provision.verification.verify import verify_app, verify_org
from provision.workflow import ORG, job_of, provisioning


@frozen
class Around:
    """
    What is around every workflow of a run.

    Attributes:
        hooks_of: The hooks of the workflow of that name.
        interrupted_by: Tells of signals; between two workflows as well.
    """

    hooks_of: Callable[[str], Sequence[Hook]]
    interrupted_by: Interrupts = field(factory=Interrupts)


@frozen
class Phase:
    """
    A workflow that was run.

    Attributes:
        errors: What its jobs raised, by the name of the job.
        results: What its jobs returned, by the name of the job.
        changes: What its steps were to change, by the id of the step; every other step reads.
    """

    run: Run
    errors: Mapping[str, BaseException] = field(factory=dict)
    results: Mapping[str, Any] = field(factory=dict)
    changes: Mapping[int, LoggedChange] = field(factory=dict)

    @property
    def exit_code(self) -> int:
        """What the program would exit with, had it run nothing else."""
        if self.run.signal is not None:
            return self.run.exit_code
        for job in self.run.jobs:
            if job.name in self.errors:
                return exit_code_of(self.errors[job.name])
        return self.run.exit_code


@frozen
class Seen:
    """What was read back in the end."""

    org: SeenOrg
    apps: Mapping[str, SeenApp]


@frozen
class Performed:
    """
    A verb of the program that was performed.

    Attributes:
        phases: The workflows that were run, in order.
        preflight: What the preflight found; None if it failed.
        seen: What was read back in the end; None if that was not reached.
        findings: What is not as declared, or cannot be proven to be.
        pending: What a run would change; None where that was not asked, or cannot be told.
        difference: What the program exits with where the world is not as declared.
    """

    session: Session
    phases: Sequence[Phase] = ()
    preflight: Preflight | None = None
    seen: Seen | None = None
    findings: Sequence[Finding] = ()
    pending: Sequence[Change] | None = None
    difference: ExitCode = ExitCode.NOT_VERIFIED

    @property
    def exit_code(self) -> int:
        """Of the first phase that failed; else what findings and pending changes say."""
        for phase in self.phases:
            if phase.run.outcome is not Outcome.SUCCEEDED:
                return phase.exit_code
        is_wrong = any(finding.severity is Severity.ERROR for finding in self.findings)
        return self.difference if is_wrong or self.pending else ExitCode.CONVERGED

    @property
    def errors(self) -> Iterator[tuple[str, BaseException]]:
        """What the jobs of all phases raised, with the name of the job."""
        for phase in self.phases:
            yield from phase.errors.items()


async def apply(session: Session, around: Around, *, deploys_at_once: int = 1) -> Performed:
    """
    Make the platform, then read everything back and judge it, whatever became of it.

    Each app is asked by its probe once: when it was made, before those that need it.
    """
    before = await _phase(preflight(session, changes=True), around)
    if not before.results:
        return Performed(session, [before])
    made = await _phase(provisioning(session, deploys_at_once=deploys_at_once), around)
    if made.run.signal is not None:
        return Performed(session, [before, made], before.results["preflight"])
    return await _verified(session, around, [before, made], _answers(session, made))


async def verify(
    session: Session, around: Around, *, name: str = "verify", asks: bool = True
) -> Performed:
    """Read everything back, in a workflow of that *name*, and judge it; *asks* by probes, too."""
    before = await _phase(preflight(session), around)
    if not before.results:
        return Performed(session, [before])
    return await _verified(session, around, [before], name=name, asks=asks)


async def drift(session: Session, around: Around, *, difference: ExitCode) -> Performed:
    """Read everything back, and tell where it differs from what is declared."""
    found = await verify(session, around, name="drift", asks=False)
    return evolve(found, findings=drifted(found.findings), difference=difference)


async def plan(session: Session, around: Around, *, difference: ExitCode) -> Performed:
    """Tell what `apply` would change, and change nothing."""
    before = await _phase(preflight(session), around)
    if not before.results:
        return Performed(session, [before])
    looked = await _phase(planning(session), around)
    phases, found = [before, looked], before.results["preflight"]
    if ORG not in looked.results:
        return Performed(session, phases, found)
    return Performed(
        session,
        phases,
        found,
        findings=[finding for each in looked.results.values() for finding in each.unknown],
        pending=[change for each in looked.results.values() for change in each.changes],
        difference=difference,
    )


async def destroy(session: Session, around: Around, *, keep_org: bool) -> Performed:
    """Destroy the apps of the platform and, unless it is to be kept, their organization."""
    before = await _phase(preflight(session, changes=True, deletes_org=not keep_org), around)
    if not before.results:
        return Performed(session, [before])
    after = await _phase(teardown(session, keep_org=keep_org), around)
    return Performed(session, [before, after], before.results["preflight"])


def _answers(session: Session, made: Phase) -> Mapping[str, Probed | None]:
    """What each app answered its probe when it was *made*, or failed."""
    answers: dict[str, Probed | None] = {}
    for app in session.platform.apps.values():
        error = made.errors.get(job_of(app))
        failed = error.probed if isinstance(error, AppFailed) else None
        answers[app.key] = made.results.get(job_of(app), failed)
    return answers


async def _verified(
    session: Session,
    around: Around,
    before: Sequence[Phase],
    answers: Mapping[str, Probed | None] = MappingProxyType({}),
    *,
    name: str = "verify",
    asks: bool = False,
) -> Performed:
    """
    Read everything back and judge it.

    Args:
        session: The run.
        around: What is around it.
        before: What was run before.
        answers: What apps have answered their probes already.
        name: Of the workflow.
        asks: Whether they are asked.
    """
    # Nothing can be said of an app that was left alone because of another.
    skipped = {job.name for p in before for job in p.run.jobs if job.outcome is Outcome.SKIPPED}
    apps = [app for app in session.platform.apps.values() if job_of(app) not in skipped]
    phase = await _phase(observation(session, apps, name=name, asks=asks), around)
    found: Preflight = before[0].results["preflight"]
    phases = [*before, phase]
    if ORG not in phase.results:
        return Performed(session, phases, found)
    read = {app.key: job_of(app) for app in apps if job_of(app) in phase.results}
    found_apps: dict[str, SeenApp] = {key: phase.results[job] for key, job in read.items()}
    told = {k: evolve(each, probed=answers.get(k, each.probed)) for k, each in found_apps.items()}
    seen = Seen(phase.results[ORG], told)
    return Performed(session, phases, found, seen, _judged(session, seen))


def _judged(session: Session, seen: Seen) -> tuple[Finding, ...]:
    platform = session.platform
    of_org = verify_org(platform, seen.org)
    if seen.org.organization is None:
        return of_org
    of_apps = (
        finding
        for app in platform.apps.values()
        if app.key in seen.apps
        for finding in verify_app(app, seen.apps[app.key])
    )
    return (*of_org, *of_apps)


async def _phase(workflow: Workflow, around: Around) -> Phase:
    log = ChangeLog()
    hooks: list[Hook] = [*around.hooks_of(workflow.name), log]
    run = await workflow.run(hooks=hooks, interrupted_by=around.interrupted_by)
    errors = {job.name: error for job in workflow.jobs if (error := run.error(job))}
    succeeded = [job for job in workflow.jobs if run.job(job).outcome is Outcome.SUCCEEDED]
    results = {job.name: run.result(job) for job in succeeded}
    return Phase(run, errors, results, log.by_step)
