"""A server of the local Fly over a given world, as a real flyctl meets it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

TOKEN = "good"  # noqa: S105 - of a Fly that is ours
LIMIT_SECONDS = 30


@contextmanager
def served(world: Path) -> Iterator[dict[str, str]]:
    """
    Serve *world* for as long as the block lasts.

    Yields:
        The variables that point a flyctl at it.

    Raises:
        AssertionError: The server complained: it was asked for what it does not model, or failed.
    """
    command = [sys.executable, "-m", "provision", "local", "serve", "--world", str(world)]
    complaints = world.with_suffix(".stderr")
    with complaints.open("wb") as stderr:
        server = subprocess.Popen(
            command,
            env=os.environ | {"LOCAL_FLY_TOKEN": TOKEN},
            stdout=subprocess.PIPE,
            stderr=stderr,
        )
    assert server.stdout is not None
    try:
        told = json.loads(server.stdout.readline())
        yield told["environment"] | {"FLY_API_TOKEN": TOKEN}
    finally:
        server.terminate()
        server.communicate(timeout=LIMIT_SECONDS)
    # The first line says where it serves.
    assert complaints.read_text("utf-8").splitlines()[1:] == []
