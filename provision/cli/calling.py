"""The flyctl that is called and what is around it: Fly.io, or the local Fly."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from procman import Secret
from provision import environment
from provision.cli.options import STATE, Calling
from provision.fly.client import Fly, write_settings
from provision.flyctl import find_flyctl
from provision.local.launcher import write_launcher


def executable_of(options: Calling) -> str:
    """
    The flyctl to call.

    Raises:
        FlyctlMissing: there is none.
    """
    if options.local is None:
        named = options.flyctl or os.environ.get("PROVISION_FLYCTL")
        return find_flyctl(named, os.environ.get("PATH"))
    folder = STATE / "bin"
    folder.mkdir(parents=True, exist_ok=True)
    options.local.parent.mkdir(parents=True, exist_ok=True)
    return str(write_launcher(options.local, folder))


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
    """
    # flyctl logs what it sends, secrets included: nobody else's to read, and not to stay.
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    write_settings(folder)
    try:
        yield Fly(executable, token, folder, environment.passed_on(os.environ), held)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
