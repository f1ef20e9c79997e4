"""The flyctl that is called and what is around it: Fly.io, or the local Fly."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from procman import Secret
from provision import environment
from provision.cli.options import STATE, Calling
from provision.cli.rehearsing import new_token, served
from provision.cli.worlds import open_world
from provision.curl import find_curl
from provision.fly.client import Fly, write_settings
from provision.flyctl import find_flyctl
from provision.local.launcher import write_curl, write_launcher
from provision.manifest import Manifest


def executable_of(options: Calling) -> str:
    """
    The flyctl to call; the stand-in of the local Fly, where none is named for it.

    Raises:
        FlyctlMissing: there is none.
        PreconditionFailed: the file of the local Fly is something else.
    """
    path = os.environ.get("PATH")
    if options.local is None:
        return find_flyctl(options.flyctl or os.environ.get("PROVISION_FLYCTL"), path)
    open_world(options.local).close()
    if options.drives_flyctl_locally:
        return find_flyctl(options.flyctl, path)
    return str(write_launcher(options.local, _bin()))


def curl_of(options: Calling, manifest: Manifest) -> str | None:
    """
    The curl to probe apps with; that of the local Fly in a rehearsal. None where none is needed.

    Raises:
        CurlMissing: there is none.
        PreconditionFailed: the file of the local Fly is something else.
    """
    probes = {app.name: app.probe for app in manifest.apps.values() if app.probe is not None}
    if not probes:
        return None
    if options.local is None:
        return find_curl(os.environ.get("PATH"))
    open_world(options.local).close()
    hosts = {probe.host: name for name, probe in probes.items() if probe.host}
    return str(write_curl(options.local, _bin(), hosts))


def _bin() -> Path:
    """Where what speaks for the local Fly is kept."""
    folder = STATE / "bin"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@asynccontextmanager
async def calling(
    options: Calling, executable: str, token: Secret, folder: Path, *, held: tuple[int, ...] = ()
) -> AsyncIterator[Fly]:
    """
    A flyctl that can be called within the block.

    Args:
        options: What was said on the command line.
        executable: The program.
        token: As whom it acts.
        folder: For its settings and logs; emptied before and removed after the block.
        held: File descriptors that live as long as anything that acts in our name.

    Raises:
        PreconditionFailed: a real flyctl is to act on the local Fly, and cannot.
    """
    with _folder_of_flyctl(folder):
        if options.local is None or not options.drives_flyctl_locally:
            yield Fly(executable, token, folder, environment.passed_on(os.environ), held)
            return
        ours = new_token()
        async with served(options.local, ours, held) as redirected:
            own = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
            yield Fly(executable, ours, folder, {**own, **redirected}, held)


@contextmanager
def _folder_of_flyctl(folder: Path) -> Iterator[None]:
    """Flyctl logs what it sends, secrets included: nobody else's to read, and not to stay."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    write_settings(folder)
    try:
        yield
    finally:
        shutil.rmtree(folder, ignore_errors=True)
