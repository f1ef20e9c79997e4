"""Making a `fly` and a `curl` that speak for a world: the executables that a rehearsal needs."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path

from provision.local.world import create_world

PROGRAM = Path(__file__).parent / "standin" / "__main__.py"
CURL = Path(__file__).parent / "curl" / "__main__.py"


def write_launcher(world: Path, folder: Path) -> Path:
    """
    Write an executable ``fly`` into *folder* that acts on *world*.

    The world is made where there is none. Two processes may do this at once.

    Args:
        world: The world file.
        folder: An existing folder, best one of its own: it can go first in ``PATH``.

    Returns:
        The executable, as an absolute path.

    Raises:
        NotAWorld: *world* is something else.
    """
    create_world(world).close()
    return _write("fly", [str(PROGRAM), str(world.absolute())], folder)


def write_curl(world: Path, folder: Path, hosts: Mapping[str, str] | None = None) -> Path:
    """
    Write an executable ``curl`` into *folder* that asks the apps of *world*, and nobody else.

    Args:
        world: The world file, made where there is none.
        folder: As for `write_launcher`.
        hosts: Names that somebody has lead to apps, besides those of Fly: the names of the apps.

    Returns:
        The executable, as an absolute path.

    Raises:
        NotAWorld: *world* is something else.
    """
    create_world(world).close()
    led = ",".join(f"{host}={app}" for host, app in sorted((hosts or {}).items()))
    return _write("curl", [str(CURL), str(world.absolute()), led], folder)


def _write(name: str, words: list[str], folder: Path) -> Path:
    # Not by way of a virtual environment, which takes its time to be found and is not needed.
    python = os.path.realpath(sys.executable)
    command = shlex.join([python, "-I", "-S", *words])
    launcher = folder.absolute() / name
    draft = launcher.with_name(f".{name}.{os.getpid()}.{os.urandom(4).hex()}")
    draft.write_text(f'#!/bin/sh\nexec {command} "$@"\n', encoding="utf-8")
    draft.chmod(0o755)
    draft.replace(launcher)
    return launcher
