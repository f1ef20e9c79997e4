"""The programs that tests run over a world: the stand-in, or a real flyctl."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import NamedTuple

import pytest

from provision.local.launcher import write_launcher
from provision.local.standin.program import main
from provision.local.world import World

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
    """
    A stand-in, and the world it acts on.

    Args:
        path: The file of the world.
        folder: Where it is, and where it runs.
    """

    variables: Mapping[str, str] = QUIET

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
        """
        Run a command to its end, within this process: a process costs more than the command.

        Nobody waits: the world's time leaps.
        """
        with (
            self.world as world,
            world.clock.leaping(),
            _surrounded_by(self._environment(env or {}), cwd or self.folder),
            _streams(stdin) as (stdout, stderr),
            signals_kept(),
        ):
            exit_code = main(str(self.path), list(arguments))
        return Done(exit_code, _said(stdout), _said(stderr))

    def start(self, *arguments: str) -> Done:
        """Run a command to its end, in a process of its own."""
        done = subprocess.run(
            [self.executable, *arguments],
            env=self._environment({}),
            cwd=self.folder,
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
            env=self._environment({}),
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
            env=self._environment({}),
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

    def _environment(self, extra: Mapping[str, str | None]) -> dict[str, str]:
        merged = {**self.variables, **extra}
        return {name: value for name, value in merged.items() if value is not None}


class Flyctl(Fly):
    """
    A real flyctl, and the world behind the server it is pointed at.

    Args:
        path: The file of the world.
        folder: Where it runs.
        executable: The flyctl.
        variables: What its environment has.
    """

    def __init__(
        self, path: Path, folder: Path, executable: Path, variables: Mapping[str, str]
    ) -> None:
        self.path = path
        self.folder = folder
        self.executable = executable
        self.variables = variables

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
            env=self._environment(env or {}),
            cwd=cwd or self.folder,
            capture_output=True,
            encoding="utf-8",
            timeout=LIMIT_SECONDS,
            check=False,
        )
        return Done(done.returncode, done.stdout, done.stderr)


@contextmanager
def _surrounded_by(variables: Mapping[str, str], folder: Path) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(variables)
    try:
        with chdir(folder):
            yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@contextmanager
def _streams(stdin: str) -> Iterator[tuple[TextIOWrapper, TextIOWrapper]]:
    before = sys.stdin
    sys.stdin = TextIOWrapper(BytesIO(stdin.encode()), encoding="utf-8")
    stdout, stderr = TextIOWrapper(BytesIO()), TextIOWrapper(BytesIO())
    try:
        with redirect_stdout(stdout), redirect_stderr(stderr):
            yield stdout, stderr
    finally:
        sys.stdin = before


@contextmanager
def signals_kept() -> Iterator[None]:
    """Have the handlers of signals that a stand-in sets as they were, afterwards."""
    caught = (signal.SIGINT, signal.SIGTERM, signal.SIGALRM, signal.SIGPIPE)
    before = [signal.getsignal(number) for number in caught]
    try:
        yield
    finally:
        for number, handler in zip(caught, before, strict=True):
            signal.signal(number, handler)


def _said(stream: TextIOWrapper) -> str:
    stream.flush()
    stream.seek(0)
    return stream.read()
