"""What the served local Fly costs a real flyctl: a deploy, and an answer while many deploy."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from statistics import quantiles

from attrs import frozen

from benchmarks.comparison import Comparison, Missing
from benchmarks.tap import Heard, tapped

APPS = 8
MACHINES = 4
LONGEST_ANSWER = 0.05
LONGEST_DEPLOY = 0.6
CONFIG = """\
primary_region = "ams"

[http_service]
internal_port = 8080
"""
DEPLOY = (
    "deploy",
    "--config=fly.toml",
    "--image=nginx:1",
    "--dns-checks=false",
    "--deploy-retries=0",
    "--yes",
    "--remote-only",
)


@frozen
class Flyctl:
    """
    A real flyctl, pointed at a local Fly.

    Attributes:
        executable: The program.
        environment: What points it there.
        folder: Where it runs, with a ``fly.toml``.
    """

    executable: str
    environment: dict[str, str]
    folder: Path

    def run(self, *words: str) -> None:
        """Run a command, which must succeed."""
        subprocess.run(
            [self.executable, *words],
            env=self.environment,
            cwd=self.folder,
            check=True,
            stdin=subprocess.DEVNULL,
            capture_output=True,
        )

    def at_once(self, commands: Sequence[Sequence[str]]) -> None:
        """Run commands beside one another, all of which must succeed."""
        with ThreadPoolExecutor(len(commands)) as pool:
            list(pool.map(lambda words: self.run(*words), commands))


def first_deploy() -> float:
    """Seconds that the first deploy of an app takes, with one machine."""
    with _served() as (flyctl, _):
        flyctl.run("apps", "create", "web", "--org", "personal")
        began = time.perf_counter()
        flyctl.run(*DEPLOY, "--app", "web", "--ha=false")
        return time.perf_counter() - began


def slowest_answers() -> float:
    """Seconds within which 99 of 100 answers come that need not wait, while many deploy."""
    with _served() as (flyctl, heard):
        apps = [f"web-{number}" for number in range(APPS)]
        for app in apps:
            flyctl.run("apps", "create", app, "--org", "personal")
            flyctl.run(*DEPLOY, "--app", app, "--ha=false")
            flyctl.run("scale", "count", str(MACHINES), "--yes", "--app", app)
        heard.clear()
        flyctl.at_once([(*DEPLOY, "--app", app) for app in apps])
        _check(heard)
        return quantiles([each.seconds for each in heard if not _waits(each)], n=100)[98]


def _check(heard: list[Heard]) -> None:
    failed = [each for each in heard if each.status >= 500]  # noqa: PLR2004 - the server's fault
    if failed:
        raise RuntimeError(f"the server failed: {failed}")


def _waits(heard: Heard) -> bool:
    return "/wait?" in heard.request


@contextmanager
def _served() -> Iterator[tuple[Flyctl, list[Heard]]]:
    executable = os.environ.get("FLYCTL") or shutil.which("flyctl")
    if executable is None:
        raise Missing("there is no flyctl; name one by FLYCTL")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "fly.toml").write_text(CONFIG, encoding="utf-8")
        words = [sys.executable, "-m", "provision", "local", "serve", "--world", "world.db"]
        with subprocess.Popen(words, cwd=folder, stdout=subprocess.PIPE) as server:
            try:
                yield from _pointed(server, folder, executable)
            finally:
                server.terminate()


def _pointed(
    server: subprocess.Popen[bytes], folder: Path, executable: str
) -> Iterator[tuple[Flyctl, list[Heard]]]:
    assert server.stdout is not None  # noqa: S101 - it is a pipe
    ready = json.loads(server.stdout.readline())
    url = ready["url"]
    with tapped(int(url.rpartition(":")[2])) as tap:
        at = f"http://127.0.0.1:{tap.port}"
        environment = {name: value.replace(url, at) for name, value in ready["environment"].items()}
        yield Flyctl(executable, environment, folder), tap.heard


COMPARISONS = (
    Comparison(
        "local-fly-deploy",
        "a first deploy of one machine, by a real flyctl on the local Fly",
        first_deploy,
        goal=LONGEST_DEPLOY,
        rounds=5,
    ),
    Comparison(
        "local-fly-answer",
        f"the slowest answer of 100 while {APPS} real flyctl deploy {MACHINES} machines each",
        slowest_answers,
        goal=LONGEST_ANSWER,
        rounds=3,
    ),
)
