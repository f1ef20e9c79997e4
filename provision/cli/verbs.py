"""One function a verb: load, perform, report; each returns the exit code."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from attrs import evolve

from procman import Secret
from provision.cli.invoking import invocation_of
from provision.cli.options import Options
from provision.cli.publishing import reported
from provision.cli.running import Verb, run, unbuilt, warnings_of
from provision.cli.selection import refuse_unknown
from provision.cli.worlds import refuse_missing_world
from provision.curl import Curl
from provision.dry_run import planned
from provision.errors import ExitCode, Refused
from provision.fly.client import Fly
from provision.manifest import Environment
from provision.perform import apply as perform_apply
from provision.perform import destroy as perform_destroy
from provision.perform import drift as perform_drift
from provision.perform import plan as perform_plan
from provision.perform import verify as perform_verify
from provision.platform import Platform, loading
from provision.report import Report, report_of, report_of_plan
from provision.session import Session
from provision.teardown import refuse_protected

CHANGING = ("apply", "destroy")
"""The verbs that production wants to be confirmed."""

ASKING = ("apply", "verify")
"""The verbs that ask apps by their probes."""

RELEASING = ("apply", "plan")
"""The verbs that are about releases, and need what a release does: the values of secrets."""


def apply(
    options: Options,
    *,
    redeploy: frozenset[str],
    refresh_secrets: bool,
    deploys_at_once: int,
) -> int:
    """Make what the manifest asks for, verify it, and report."""
    verb = partial(perform_apply, deploys_at_once=deploys_at_once)
    session = {"redeploy": redeploy, "refresh_secrets": refresh_secrets}
    return _perform("apply", ("preflight", "provision", "verify"), options, verb, session)


def verify(options: Options) -> int:
    """Read everything back and judge it."""
    return _perform("verify", ("preflight", "verify"), options, perform_verify, {})


def plan(
    options: Options,
    *,
    redeploy: frozenset[str],
    refresh_secrets: bool,
    detailed_exitcode: bool,
) -> int:
    """Tell what an apply would change, and change nothing."""
    verb = partial(perform_plan, difference=_difference(detailed_exitcode))
    session = {"redeploy": redeploy, "refresh_secrets": refresh_secrets}
    return _perform("plan", ("preflight", "plan"), options, verb, session)


def drift(options: Options, *, detailed_exitcode: bool) -> int:
    """Compare everything that is live with what is declared."""
    verb = partial(perform_drift, difference=_difference(detailed_exitcode))
    return _perform("drift", ("preflight", "drift"), options, verb, {})


def destroy(options: Options, *, keep_org: bool) -> int:
    """Destroy the apps of the manifest, and the organization if the manifest creates it."""

    def verb(session: Session, around: Any) -> Any:
        keeps = keep_org or not session.platform.manifest.org.create
        return perform_destroy(session, around, keep_org=keeps)

    return _perform("destroy", ("preflight", "destroy"), options, verb, {})


def dry_run(options: Options, *, redeploy: frozenset[str]) -> int:
    """Check everything and show the commands; no process and no socket."""
    invocation = invocation_of("apply", options.environment, options, (), mode="dry-run")

    def make(seconds: Callable[[], float]) -> Report:
        platform = _load(options)
        refuse_unknown(platform, {"--redeploy": redeploy})
        secrets = {name: Secret("") for name in platform.manifest.secrets}
        fly = Fly("fly", Secret(""), Path("/"))
        has_builder = not options.drives_flyctl_locally
        curl = Curl("curl")
        steps = planned(Session(platform, fly, secrets, has_builder=has_builder, curl=curl))
        of_run = warnings_of(options, platform, sets_secrets=True)
        warnings = (*of_run, *unbuilt(options, platform))
        warned = evolve(invocation, warnings=warnings)
        return report_of_plan(warned, platform, steps, seconds())

    return reported(invocation, options, make)


def _perform(
    command: str,
    workflows: Sequence[str],
    options: Options,
    verb: Verb,
    session: dict[str, Any],
) -> int:
    invocation = invocation_of(command, options.environment, options, workflows)

    def make(seconds: Callable[[], float]) -> Report:
        platform = _load(options)
        _refuse_missing_world(command, options)
        if command in CHANGING:
            _refuse_unconfirmed(command, options, platform)
        refuse_unknown(platform, {"--redeploy": session.get("redeploy", ())})
        releases = command in RELEASING
        needs = {"sets_secrets": releases, "asks": command in ASKING}
        performed = run(verb, invocation, options, platform, **needs, **session)
        of_images = unbuilt(options, platform) if releases else ()
        warnings = (*warnings_of(options, platform, sets_secrets=releases), *of_images)
        warned = evolve(invocation, warnings=warnings)
        return report_of(warned, performed, seconds())

    return reported(invocation, options, make)


def _difference(detailed_exitcode: bool) -> ExitCode:  # noqa: FBT001 - named where it is said
    return ExitCode.PENDING if detailed_exitcode else ExitCode.CONVERGED


def _load(options: Options) -> Platform:
    """The platform, as far as it is to be acted on; all of its files are checked."""
    whole = loading.load(options.manifest, options.environment, allow_paid=options.allow_paid)
    return options.selection.of(whole)


def _refuse_missing_world(command: str, options: Options) -> None:
    """Only an apply makes the file of a local Fly that was named."""
    path = options.local
    if command != "apply" and path is not None:
        hint = f"an apply makes one: provision {options.environment.value} --local={path}"
        refuse_missing_world(path, hint)


def _refuse_unconfirmed(command: str, options: Options, platform: Platform) -> None:
    slug = platform.manifest.org.slug
    if options.environment is Environment.PROD:
        if options.confirm != slug:
            raise Refused(f"{command} prod is not confirmed", f"say --confirm {slug}")
    elif command == "destroy" and not (options.yes or options.confirm == slug):
        raise Refused(f"destroying {slug} is not confirmed", "say --yes")
    if command == "destroy":
        refuse_protected(platform)
