"""A report as what a person reads at the end of a run, on one screen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

from procman import Outcome
from provision.report.models import (
    ALWAYS,
    NOT_RUN,
    SUCCEEDED,
    AppSection,
    ChangeSection,
    DiagnosticSection,
    ErrorSection,
    ExaminedSection,
    FindingSection,
    Report,
    StepSection,
)
from provision.verification.condition import Health

CHANGING = ("apply", "destroy")
"""The commands of which it is said that they changed nothing."""

DONE = ("created", "updated", "destroyed")
TO_DO = ("create", "update", "destroy")
"""What is said of changes that were made, and of those that a run would make."""

LOG_LINES = 5
"""Lines of the log of an app that failed: the last ones; the JSON has more."""

NEXT = "put that right, then run it again: what is there is not made twice"

ORG = "org"
"""What stands where an app's name would, for what belongs to the organization."""


def to_text(report: Report, kept: Path | None = None) -> str:
    """
    What a person needs to see of *report*, in blocks with an empty line between them.

    A line an app, thing looked at, or planned command; a line a change; what is wrong and what
    to do next; where the rest is, and how it ended.

    Args:
        report: Of the run.
        kept: The file with the report as JSON; None if there is none.
    """
    blocks = (_seen(report), _changes(report), _wrong(report), _ending(report, kept))
    return "\n".join("".join(f"{line}\n" for line in lines) for lines in map(list, blocks) if lines)


def troubles(report: Report) -> Iterator[str]:
    """A line each for what there is to say of it that is not well, in order of weight."""
    for warning in report.warnings:
        yield f"warning: {warning.message}"
    for error in report.errors:
        yield f"error: {_error(error)}"
        if error.hint:
            yield f"  hint: {error.hint}"
    told = {line for error in report.errors for line in error.message.splitlines()}
    for finding in report.findings:
        if _finding(finding) not in told:
            yield f"finding: {_finding(finding)}"
            if finding.hint:
                yield f"  hint: {finding.hint}"
    for unproven in map(_finding, report.unproven):
        yield f"unproven: {unproven}"


def _error(error: ErrorSection) -> str:
    names_app = error.app is None or error.message.startswith(f"{error.app}: ")
    return error.message if names_app else f"{error.app}: {error.message}"


def _finding(finding: FindingSection) -> str:
    where = f"{finding.app}: {finding.where}" if finding.app else finding.where
    return f"{where}: expected {finding.expected}, found {finding.observed}"


def _seen(report: Report) -> Iterator[str]:
    for each in report.examined or ():
        yield from _examined(each)
    planned = [step for step in report.steps if step.when is not None]
    yield from map(_planned, planned)
    if not planned and report.pending is None:
        width = _width(report)
        yield from (_app(key.ljust(width), app) for key, app in report.apps.items())


def _examined(each: ExaminedSection) -> Iterator[str]:
    yield f"{each.verdict:<8} {each.name:<13} {each.found}"
    if each.hint:
        yield f"{'':<22} hint: {each.hint}"


def _planned(step: StepSection) -> str:
    return step.command if step.when == ALWAYS else f"{step.command}  # {step.when}"


def _width(report: Report) -> int:
    return max(12, *map(len, report.apps), 0)


def _app(key: str, app: AppSection) -> str:
    states = ", ".join(f"{m.group} {m.state}" for m in app.machines.have) or _no_machines(app)
    return f"{key} {app.outcome:<10} {app.health:<9} {app.sync:<12} {states}{_probe(app)}"


def _probe(app: AppSection) -> str:
    if app.probe is None:
        return ""
    woke = ", woken" if app.probe.woke else ""
    status = "" if app.probe.status is None else f" {app.probe.status}"
    return f"; {app.probe.outcome}{status}{woke}"


def _no_machines(app: AppSection) -> str:
    return "not read back" if app.health == Health.UNKNOWN.value else "no machines"


def _changes(report: Report) -> Iterator[str]:
    made, (created, updated, destroyed) = report.changes, DONE
    if report.pending is not None:
        made, (created, updated, destroyed) = report.pending, TO_DO
    lines = [
        *((created, change, "") for change in made.created),
        *((updated, change, f" ({change.reason})") for change in made.updated),
        *((destroyed, change, "") for change in made.destroyed),
    ]
    keys = [None, *report.apps]
    width = _width(report)
    for verb, change, reason in sorted(lines, key=lambda line: keys.index(line[1].app)):
        yield f"{change.app or ORG:<{width}} {verb:<10} {change.what}{reason}{_failed(change)}"
    if not lines and report.steps and (_changes_things(report) or _has_planned(report)):
        yield "no changes"


def _failed(change: ChangeSection) -> str:
    is_well = change.outcome in (Outcome.SUCCEEDED.value, NOT_RUN)
    return "" if is_well else f": {change.outcome}"


def _changes_things(report: Report) -> bool:
    return report.run.command in CHANGING and report.run.mode != "dry-run"


def _has_planned(report: Report) -> bool:
    """Whether all there is to change is known: where an app could not be read, it is not."""
    return report.pending is not None and report.run.status == SUCCEEDED


def _wrong(report: Report) -> Iterator[str]:
    yield from troubles(report)
    yield from chain.from_iterable(map(_diagnostic, report.diagnostics))
    if report.run.exit_code and report.apps and _changes_things(report):
        yield f"next: {NEXT}"


def _diagnostic(found: DiagnosticSection) -> Iterator[str]:
    """Its log, and a line each for its events, an exit before others, and its leases."""
    yield from _logs(found)
    ended_first = sorted(found.events, key=lambda event: " exit " not in event)
    for what, lines in (("event", ended_first), ("lease", found.leases)):
        if lines:
            others = f" (and {len(lines) - 1} more)" if lines[1:] else ""
            yield f"{what} of {found.app}: {lines[0]}{others}"


def _logs(found: DiagnosticSection) -> Sequence[str]:
    if found.logs:
        return [f"log of {found.app}: {line}" for line in found.logs[-LOG_LINES:]]
    return [f"log of {found.app}: none: {found.no_logs}"]


def _ending(report: Report, kept: Path | None) -> Iterator[str]:
    if kept is not None:
        yield f"report: {kept}"
    if report.run.journals:
        yield f"journals: {Path(report.run.journals[0]).parent}/{report.run.id}.*.jsonl"
    yield f"{report.run.status}, exit code {report.run.exit_code}"
