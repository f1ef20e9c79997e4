"""A report as JSON, and as a few lines for a person."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import attrs

from provision.condition import Health
from provision.report.models import ALWAYS, AppSection, Report, StepSection


def to_json(report: Report) -> str:
    """*report* as one JSON document, keys sorted, ending in a newline."""
    return json.dumps(_plain(report), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def to_text(report: Report) -> str:
    """What a person needs to see of *report*: a line a thing or app, then what is wrong."""
    return "\n".join(_lines(report)) + "\n"


def _plain(value: Any) -> Any:
    if attrs.has(type(value)):
        fields = attrs.fields_dict(type(value))
        shown = {name: _plain(getattr(value, name)) for name in fields}
        # A section that was not reached is left out; null is for what was asked and not told.
        absent = {n for n, a in fields.items() if shown[n] is None and a.default is None}
        return {name: item for name, item in shown.items() if name not in absent}
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value


def troubles(report: Report) -> Iterator[str]:
    """A line each for what there is to say of it that is not well, in order of weight."""
    for warning in report.warnings:
        yield f"warning: {warning.message}"
    for error in report.errors:
        yield f"error: {error.message}"
        if error.hint:
            yield f"  hint: {error.hint}"
    for finding in report.findings:
        where = f"{finding.app}: {finding.where}" if finding.app else finding.where
        yield f"finding: {where}: expected {finding.expected}, found {finding.observed}"


def _lines(report: Report) -> Iterator[str]:
    for each in report.examined or ():
        yield f"{each.verdict:<8} {each.name:<13} {each.found}"
        if each.hint:
            yield f"{'':<22} hint: {each.hint}"
    planned = [step for step in report.steps if step.when is not None]
    yield from map(_planned, planned)
    yield from () if planned else map(_app, report.apps, report.apps.values())
    yield from troubles(report)
    yield f"{report.run.status}, exit code {report.run.exit_code}"


def _planned(step: StepSection) -> str:
    return step.command if step.when == ALWAYS else f"{step.command}  # {step.when}"


def _no_machines(app: AppSection) -> str:
    return "not read back" if app.health == Health.UNKNOWN.value else "no machines"


def _app(key: str, app: AppSection) -> str:
    states = ", ".join(f"{m.group} {m.state}" for m in app.machines.have) or _no_machines(app)
    return f"{key:<12} {app.outcome:<10} {app.health:<9} {app.sync:<12} {states}"
