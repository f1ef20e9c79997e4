"""Making a `fly` that speaks for a world: the one executable that a rehearsal needs."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

from provision.local.world import create_world

PROGRAM = Path(__file__).parent / "standin" / "__main__.py"


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
    # Not by way of a virtual environment, which takes its time to be found and is not needed.
    python = os.path.realpath(sys.executable)
    words = [python, "-I", "-S", str(PROGRAM), str(world.absolute())]
    launcher = folder.absolute() / "fly"
    draft = launcher.with_name(f".fly.{os.getpid()}.{os.urandom(4).hex()}")
    draft.write_text(f'#!/bin/sh\nexec {shlex.join(words)} "$@"\n', encoding="utf-8")
    draft.chmod(0o755)
    draft.replace(launcher)
    return launcher
