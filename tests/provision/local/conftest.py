"""A stand-in over a world of its own, for every test that runs one."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

from provision.local.launcher import write_launcher
from provision.local.world import World, create_world

QUIET = {
    "PATH": os.environ["PATH"],
    "FLY_API_TOKEN": "good",
    "FLY_API_BASE_URL": "http://127.0.0.1:PORT",
    "FLY_FLAPS_BASE_URL": "http://127.0.0.1:PORT",
    "FLY_UIEX_BASE_URL": "http://127.0.0.1:PORT",
    "FLY_EMIT_RELEASE_JSON": "1",
    "NO_COLOR": "1",
}
LIMIT_SECONDS = 30


class Done(NamedTuple):
    """What a stand-in left behind."""

    exit_code: int
    stdout: str
    stderr: str


class Fly:
    """A stand-in, and the world it acts on."""

    def __init__(self, path: Path, folder: Path) -> None:
        self.path = path
        self.folder = folder
        self.executable = write_launcher(path, folder)

    @property
    def world(self) -> World:
        """The world, opened anew."""
        return World(self.path)

    def run(
        self,
        *arguments: str,
        stdin: str = "",
        env: Mapping[str, str | None] | None = None,
        cwd: Path | None = None,
    ) -> Done:
        """Run a command to its end."""
        done = subprocess.run(
            [self.executable, *arguments],
            input=stdin,
            env=_environment(env or {}),
            cwd=cwd or self.folder,
            capture_output=True,
            encoding="utf-8",
            timeout=LIMIT_SECONDS,
            check=False,
        )
        return Done(done.returncode, done.stdout, done.stderr)

    def end_when(
        self, word: str, number: signal.Signals, arguments: Sequence[str], cwd: Path | None = None
    ) -> Done:
        """Run a command, and send it a signal once it has said *word*."""
        child = subprocess.Popen(
            [self.executable, *arguments],
            env=_environment({}),
            cwd=cwd or self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        assert child.stdout is not None
        said = ""
        for line in child.stdout:
            said += line
            if word in line:
                child.send_signal(number)
                break
        rest, stderr = child.communicate(timeout=LIMIT_SECONDS)
        return Done(child.returncode, said + rest, stderr)

    def kill_after(self, seconds: float, arguments: Sequence[str]) -> Done:
        """Run a command that does not end, and kill it after *seconds*."""
        child = subprocess.Popen(
            [self.executable, *arguments],
            env=_environment({}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        with pytest.raises(subprocess.TimeoutExpired):
            child.wait(timeout=seconds)
        child.kill()
        stdout, stderr = child.communicate(timeout=LIMIT_SECONDS)
        return Done(child.returncode, stdout, stderr)


def _environment(extra: Mapping[str, str | None]) -> dict[str, str]:
    merged = {**QUIET, **extra}
    return {name: value for name, value in merged.items() if value is not None}


@pytest.fixture
def fly(tmp_path: Path) -> Fly:
    """A stand-in over a new world."""
    folder = tmp_path / "bin"
    folder.mkdir()
    return Fly(tmp_path / "world.db", folder)


@pytest.fixture(scope="session")
def fly_over() -> Callable[[Path, Path], Fly]:
    """Make a stand-in over a given world."""
    return Fly


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A new world, in this process."""
    with create_world(tmp_path / "world.db") as opened:
        yield opened
