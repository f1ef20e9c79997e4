"""The one document on stdout, the copy in a file, and the words for people on stderr."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from time import monotonic

import click

from provision.cli.options import Calling
from provision.errors import ProvisionError
from provision.report import Invocation, Report, report_of_error, to_json, to_text


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
    for warning in report.warnings:
        click.echo(f"warning: {warning.message}", err=True)
    for error in report.errors:
        click.echo(f"error: {error.message}", err=True)
        if error.hint:
            click.echo(f"  hint: {error.hint}", err=True)
    for finding in report.findings:
        where = f"{finding.app}: {finding.where}" if finding.app else finding.where
        click.echo(
            f"finding: {where}: expected {finding.expected}, found {finding.observed}", err=True
        )
    _keep(report, options)
    text = to_json(report) if options.output == "json" else to_text(report)
    # Whoever reads may have seen enough, e.g. `| head`.
    with suppress(BrokenPipeError):
        sys.stdout.write(text)
        sys.stdout.flush()


def _keep(report: Report, options: Calling) -> None:
    if options.report is None:
        return
    try:
        options.report.parent.mkdir(parents=True, exist_ok=True)
        options.report.write_text(to_json(report), encoding="utf-8")
    except OSError as error:
        click.echo(f"warning: the report is not kept: {error}", err=True)
