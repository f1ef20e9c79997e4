"""What procman tells, in the words of OpenTelemetry's semantic conventions."""

from __future__ import annotations

import shlex
from pathlib import PurePath

from procman.outcome import Outcome
from procman.records import OutputSummary

Attributes = dict[str, str | int | float | tuple[str, ...]]

RESULTS = {
    Outcome.SUCCEEDED: "success",
    Outcome.FAILED: "failure",
    Outcome.TIMED_OUT: "timeout",
    Outcome.CANCELLED: "cancellation",
    Outcome.SKIPPED: "skip",
}
"""The values of ``cicd.pipeline.result`` and ``cicd.pipeline.task.run.result``."""


def result(name: str, outcome: Outcome) -> Attributes:
    """*outcome* as the attribute of that *name*."""
    return {name: RESULTS[outcome]}


def of_command(line: str) -> Attributes:
    """A command as events tell it: redacted, as one would type it."""
    argv = tuple(shlex.split(line))
    return {"process.executable.name": PurePath(argv[0]).name, "process.command_args": argv}


def of_output(output: OutputSummary | None) -> Attributes:
    """Which process it was and how it ended; what it printed is not told."""
    if output is None:
        return {}
    attributes: Attributes = {}
    if output.pid is not None:
        attributes["process.pid"] = output.pid
    if output.exit_code is not None:
        attributes["process.exit.code"] = output.exit_code
    else:
        attributes["procman.ended_by"] = output.how
    return attributes


def error_type(outcome: Outcome, attributes: Attributes) -> str:
    """Few and stable: ``timeout``, a signal, ``exit code 3``; ``_OTHER`` for all else."""
    if outcome is Outcome.TIMED_OUT:
        return "timeout"
    if "procman.ended_by" in attributes:
        return str(attributes["procman.ended_by"])
    code = attributes.get("process.exit.code", 0)
    return f"exit code {code}" if code else "_OTHER"
