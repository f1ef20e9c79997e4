"""The whole program against a local Fly of a test's own."""

from __future__ import annotations

import io
import json
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

from attrs import frozen

from procman import read_journal
from procman.events import AttemptStarted
from provision.cli.main import main
from provision.local.world import (
    World,
    addresses,
    apps,
    create_world,
    faults,
    organizations,
)
from provision.local.world.addresses import AddressType
from tests.provision.local.flies import Fly

WRITES = (
    "orgs create",
    "orgs delete",
    "apps create",
    "apps destroy",
    "ips allocate",
    "ips release",
    "secrets import",
    "secrets set",
    "deploy",
    "scale count",
    "machine start",
)
"""The commands of flyctl that change something."""


@frozen
class Ran:
    """One call of the program."""

    exit_code: int
    report: Mapping[str, Any]
    stderr: str
    folder: Path

    def outcomes(self) -> dict[str, str]:
        """What became of each app."""
        return {key: app["outcome"] for key, app in self.report["apps"].items()}

    def changed(self) -> list[str]:
        """Every step that changed something."""
        return [c["step"] for kind in self.report["changes"].values() for c in kind]

    def commands(self) -> list[str]:
        """Every command that was run, by the journals."""
        events = [
            event
            for journal in self.report["run"]["journals"]
            if (self.folder / journal).exists()
            for event in read_journal(self.folder / journal)
        ]
        return [e.command.partition(" ")[2] for e in events if isinstance(e, AttemptStarted)]

    def writes(self) -> list[str]:
        """Those of the commands that change something."""
        return [command for command in self.commands() if command.startswith(WRITES)]


def environment(**changes: str) -> dict[str, str]:
    """An environment in which provision can be run, without credentials."""
    return {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), **changes}


def start(folder: Path, *args: str, **env: str) -> subprocess.Popen[str]:
    """Start the program in *folder*."""
    return subprocess.Popen(
        [sys.executable, "-m", "provision", *args],
        cwd=folder,
        env=environment(**env),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finished(program: subprocess.Popen[str], folder: Path) -> Ran:
    """Wait for *program*; its stdout must be one JSON document."""
    stdout, stderr = program.communicate(timeout=120)
    return Ran(program.returncode, json.loads(stdout), stderr, folder)


def provision(folder: Path, *args: str, **env: str) -> Ran:
    """Run the program in *folder* to its end, within this process: imports are done already."""
    code, stdout, stderr = said(folder, *args, env=env)
    return Ran(code, json.loads(stdout), stderr, folder)


def said(
    folder: Path,
    *args: str,
    stdout: io.StringIO | None = None,
    env: Mapping[str, str] | None = None,
) -> tuple[int, str, str]:
    """Run the program as `provision` does: its exit code, and all it says on stdout and stderr."""
    stdout, stderr = stdout or io.StringIO(), io.StringIO()
    with (
        chdir(folder),
        surrounded_by(environment(**(env or {}))),
        redirect_stdout(stdout),
        redirect_stderr(stderr),
    ):
        code = main(args)
    return code, stdout.getvalue(), stderr.getvalue()


def blocks(text: str) -> list[list[str]]:
    """The lines of a report for a person, block by block."""
    return [block.splitlines() for block in text.split("\n\n")]


@contextmanager
def surrounded_by(variables: Mapping[str, str]) -> Iterator[None]:
    """Have exactly *variables* in the environment."""
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def world_of(folder: Path) -> World:
    """The world of the local Fly that the program uses in *folder*."""
    path = folder / ".provision" / "local.db"
    path.parent.mkdir(exist_ok=True)
    return create_world(path)


def before_deploy(folder: Path, *names: str) -> None:
    """Have the organization and the apps of these names, each with its address, and no more."""
    with world_of(folder) as world:
        org = organizations.create(world, "Acme Test").slug
        for name in names:
            apps.create(world, name, organization=org, network="acme-net")
            kind = AddressType.PRIVATE_V6
            addresses.allocate(world, name, kind, organization=org, network="acme-net")


def as_declared(folder: Path, *, manifest: str = "test.toml", **secrets: str) -> None:
    """
    Have everything that the manifest in *folder* declares, as a run would have made it.

    What a dry run shows is done by the stand-in within this process: a run starts thirty.

    Args:
        folder: Of the manifest, and of the run to come.
        manifest: Its name.
        secrets: Their values, for every app that has any.
    """
    shown = provision(folder, "test", "-f", manifest, "--dry-run", **secrets).report["steps"]
    with world_of(folder) as world:
        fly = Fly(Path(world.path), folder)
    for step in shown:
        words = shlex.split(step["command"])[1:]
        if " ".join(words).startswith(WRITES):
            stdin = "".join(f"{name}={value}\n" for name, value in secrets.items())
            done = fly.run(*words, stdin=stdin)
            assert done.exit_code == 0, done


def tell(folder: Path, scenario: str, *, app: str | None = None) -> None:
    """Have *scenario* happen to the program in *folder*."""
    with world_of(folder) as world:
        faults.tell(world, scenario, app=app)


def run_at(folder: Path, speed: float) -> None:
    """Let a second be *speed* seconds for the stand-in; at 0 it never waits, and its time leaps."""
    with world_of(folder) as world:
        world.clock.run_at(speed)


def all_is_well(folder: Path) -> None:
    """Have nothing go wrong any more, what went wrong come to its end, and time go by as ever."""
    with world_of(folder) as world:
        faults.clear(world)
        world.clock.run_at(1)
        world.clock.advance(60)
