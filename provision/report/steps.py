"""Makes the sections on what was run, and what it changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from procman import JobRecord, StepRecord
from provision.change_log import LoggedChange
from provision.perform import Performed, Phase
from provision.plan import Action, Change
from provision.report.models import NOT_RUN, ChangeSection, ChangesSection, StepSection


def step_sections(phase: Phase) -> Iterator[StepSection]:
    """A section on each step of *phase*, in order."""
    for job in phase.run.jobs:
        for step in job.steps:
            yield _step(phase, job, step)


def _step(phase: Phase, job: JobRecord, step: StepRecord) -> StepSection:
    last = step.attempts[-1] if step.attempts else None
    output = last.output if last else None
    return StepSection(
        id=f"{job.name}.{step.name}.{step.id}",
        phase=phase.run.workflow,
        app=app_of(job.name),
        outcome=step.outcome.value if step.outcome else "unknown",
        command=last.command if last else "",
        reason=step.cause.partition("\n")[0],
        exit_code=output.exit_code if output else None,
        attempts=len(step.attempts),
        started_ms=round(step.started * 1000),
        duration_ms=None if step.seconds is None else round(step.seconds * 1000),
    )


def app_of(job: str) -> str | None:
    """The app in the manifest whose job that is; None for any other job."""
    return job.removeprefix("apps.") if job.startswith("apps.") else None


def pending_section(performed: Performed) -> ChangesSection | None:
    """The section on everything that a run would change; None where that was not asked."""
    if performed.pending is None:
        return None
    return _sorted([(change.action, _pending(change)) for change in performed.pending])


def _pending(change: Change) -> ChangeSection:
    return ChangeSection(
        step=change.step.name,
        app=change.app,
        what=change.what,
        reason=change.reason,
        command=str(change.step.command),
        outcome=NOT_RUN,
    )


def changes_section(performed: Performed) -> ChangesSection:
    """The section on everything that was changed, or was to be: its outcome says so."""
    return _sorted(list(_done(performed)))


def _sorted(changes: Sequence[tuple[Action, ChangeSection]]) -> ChangesSection:
    return ChangesSection(
        created=[section for action, section in changes if action is Action.CREATE],
        updated=[section for action, section in changes if action is Action.UPDATE],
        destroyed=[section for action, section in changes if action is Action.DESTROY],
    )


def _done(performed: Performed) -> Iterator[tuple[Action, ChangeSection]]:
    for phase in performed.phases:
        for job in phase.run.jobs:
            for step in job.steps:
                if step.id in phase.changes:
                    change = phase.changes[step.id]
                    yield change.action, _change(job, step, change)


def _change(job: JobRecord, step: StepRecord, change: LoggedChange) -> ChangeSection:
    return ChangeSection(
        step=step.name,
        app=app_of(job.name),
        what=change.what,
        reason=change.reason,
        command=step.attempts[-1].command if step.attempts else "",
        outcome=step.outcome.value if step.outcome else "unknown",
    )
