"""Sets up what a verb works with: platform, credentials, flyctl, lock, journals, progress."""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import anyio

from procman import Hook, Journal, interrupts
from provision import environment
from provision.cli.calling import calling, curl_of, executable_of
from provision.cli.invoking import journal_of
from provision.cli.options import STATE, Options
from provision.credentials import Credentials, credentials, rehearsal_credentials
from provision.curl import Curl
from provision.errors import PreconditionFailed, PreconditionsFailed
from provision.fly.client import Fly
from provision.lock import run_lock
from provision.perform import Around, Performed
from provision.platform import Platform, PlatformApp
from provision.progress import Progress, show_progress
from provision.report import Invocation, WarningSection
from provision.session import Session
from provision.workflow import job_of

A = TypeVar("A")
B = TypeVar("B")
Verb = Callable[[Session, Around], Awaitable[Performed]]


def run(
    verb: Verb,
    invocation: Invocation,
    options: Options,
    platform: Platform,
    *,
    sets_secrets: bool,
    asks: bool,
    **said: Any,
) -> Performed:
    """
    Perform *verb* on *platform*.

    Args:
        verb: What to do.
        invocation: How the program was called.
        options: What was said on the command line.
        platform: What is asked for.
        sets_secrets: Whether the values of secrets are needed, besides the token.
        asks: Whether apps are asked by their probes.
        said: What else goes into the session.

    Raises:
        PreconditionFailed: credentials, flyctl, curl or several of them are missing.
        Locked: another run works on the same organization.
    """
    (found, executable), curl = _both(
        lambda: _both(
            lambda: _credentials(options, platform, sets_secrets=sets_secrets),
            lambda: executable_of(options),
        ),
        lambda: _curl(options, platform) if asks else None,
    )

    async def main() -> Performed:
        async with interrupts() as caught, _fly(options, platform, found, executable) as fly:
            session = Session(
                platform,
                fly,
                found.secrets,
                has_builder=not options.drives_flyctl_locally,
                trust=options.trust,
                lock_wait=options.lock_wait,
                settle=options.settle,
                curl=curl,
                wakes=not options.no_wake,
                **said,
            )
            with _progress(platform) as shown:
                return await verb(session, Around(_hooks(invocation, shown), caught))

    return anyio.run(main)


def warnings_of(
    options: Options, platform: Platform, *, sets_secrets: bool
) -> tuple[WarningSection, ...]:
    """What is worth knowing before anything runs that needs the values of secrets, or does not."""
    kept = environment.kept_from_flyctl(os.environ)
    found = [*platform.warnings]
    if kept:
        found.append(f"{', '.join(kept)} set in the environment: flyctl does not get to see it")
    if options.local is not None:
        found += [
            f"secret {name} has no value in the environment: the rehearsal uses a stand-in"
            for name in _credentials(options, platform, sets_secrets=sets_secrets).stand_ins
        ]
    of_environment = (WarningSection(code="environment", message=message) for message in found)
    return (*of_environment, *_left_out(platform))


def _left_out(platform: Platform) -> Iterator[WarningSection]:
    """What nobody looks at, as was asked."""
    if platform.left_out:
        message = f"left out, as was asked: {', '.join(platform.left_out)}"
        yield WarningSection(code="left-out", message=message)
    for key, app in platform.apps.items():
        needs = ", ".join(need for need in app.declared.depends_on if need in platform.left_out)
        if needs:
            message = f"{key} depends on {needs}, and nobody looks at that now"
            yield WarningSection(code="left-out", message=message, app=key)


def unbuilt(options: Options, platform: Platform) -> tuple[WarningSection, ...]:
    """What an apply releases without its having been built."""
    if not options.drives_flyctl_locally:
        return ()
    return tuple(_unbuilt(app) for app in platform.apps.values() if app.image is None)


def _unbuilt(app: PlatformApp) -> WarningSection:
    message = f"nothing is built on the local Fly: {app.key} is released as {app.image_in_name}"
    return WarningSection(code="image", message=message, app=app.key)


def _both(first: Callable[[], A], second: Callable[[], B]) -> tuple[A, B]:
    """What both give; what is missing is told of both at once."""
    try:
        found = first()
    except PreconditionFailed as failure:
        try:
            second()
        except PreconditionFailed as other:
            raise PreconditionsFailed([failure, other]) from None
        raise
    return found, second()


def _curl(options: Options, platform: Platform) -> Curl | None:
    executable = curl_of(options, platform.manifest)
    if executable is None:
        return None
    return Curl(executable, environment.passed_on(os.environ))


def _credentials(options: Options, platform: Platform, *, sets_secrets: bool) -> Credentials:
    find = credentials if options.local is None else rehearsal_credentials
    return find(platform.manifest, os.environ, sets_secrets=sets_secrets)


@asynccontextmanager
async def _fly(
    options: Options, platform: Platform, found: Credentials, executable: str
) -> AsyncIterator[Fly]:
    """A flyctl whose folder and lock are this run's own."""
    slug = platform.manifest.org.slug
    command = f"provision {options.environment.value}"
    async with run_lock(_lock(options, slug), command, wait=options.lock_wait) as lock:
        folder = (STATE / "flyctl" / slug).absolute()
        async with calling(options, executable, found.token, folder, held=(lock,)) as fly:
            yield fly


def _lock(options: Options, slug: str) -> Path:
    if options.local is None:
        return STATE / "locks" / f"{slug}.lock"
    return options.local.with_name(f"{options.local.name}.lock")


def _hooks(invocation: Invocation, shown: Progress) -> Callable[[str], Sequence[Hook]]:
    return lambda workflow: [
        Journal(journal_of(invocation.id, workflow)),
        shown.hook(workflow),
    ]


def _progress(platform: Platform) -> Progress:
    jobs = ["preflight", "org", *(job_of(app) for app in platform.apps.values())]
    is_live = sys.stderr.isatty() and not os.environ.get("CI")
    names = [job.removeprefix("apps.") for job in jobs]
    return show_progress(names, sys.stderr, is_live=is_live)
