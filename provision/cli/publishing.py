"""The one document on stdout, the copy in a file, and the words for people on stderr."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from time import monotonic

import click
from attrs import evolve

from provision.cli.options import Calling
from provision.errors import ProvisionError
from provision.report import Invocation, Report, report_of_error, to_json, to_text, troubles


def reported(
    invocation: Invocation, options: Calling, make: Callable[[Callable[[], float]], Report]
) -> int:
    """
    Publish the report that *make* makes, or that of the error it raises.

    Args:
        invocation: How the program was called.
        options: Where the report goes.
        make: Is given a clock: the seconds since the beginning.

    Returns:
        The exit code.
    """
    began = monotonic()
    try:
        report = make(lambda: monotonic() - began)
    except ProvisionError as error:
        report = report_of_error(invocation, error, monotonic() - began)
    except Exception as error:  # noqa: BLE001 - the only one at the top: a mistake of ours
        traceback.print_exc()
        report = report_of_error(invocation, error, monotonic() - began)
    publish(report, options)
    return report.run.exit_code


def publish(report: Report, options: Calling) -> None:
    """Write *report* to stdout and where else it was asked for; its errors to stderr."""
    report = evolve(report, run=evolve(report.run, journals=_written(report)))
    if options.output == "json" or not sys.stdout.isatty():  # else they stand there already
        for line in troubles(report):
            click.echo(line, err=True)
    kept = _kept(report, options.report)
    text = to_json(report) if options.output == "json" else to_text(report, kept)
    # Whoever reads may have seen enough, e.g. `| head`.
    with suppress(BrokenPipeError):
        sys.stdout.write(text)
        sys.stdout.flush()


def _written(report: Report) -> list[str]:
    """The journals that came to be: a run may end before a workflow begins."""
    return [journal for journal in report.run.journals if Path(journal).exists()]


def _kept(report: Report, path: Path | None) -> Path | None:
    """Write *report* to *path*, if one was named; the path, if there is the report now."""
    if path is None:
        return None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(to_json(report), encoding="utf-8")
    except OSError as error:
        click.echo(f"warning: the report is not kept: {error}", err=True)
        return None
    return path
