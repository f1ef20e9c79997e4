"""The two programs: each with a world of its own, and led through the script step by step."""

from __future__ import annotations

import re
import shutil
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from attrs import frozen

from provision.local.world import World, addresses, machines, volumes
from tests.provision.local.arranging import tell
from tests.provision.local.printed import CHANCE, PADDING, is_usage, masked, skeleton

from . import look
from .script import Chapter, Run

CONFIGS = Path(__file__).parent.parent / "configs"
NOWHERE = "http://127.0.0.1:9"
LIMIT_SECONDS = 60
PATIENCE_MS = 2000
CHECKED_MS = 150
"""How long after its start a machine's checks have been heard of."""
LOOKED = re.compile(
    r"Machine <machine \d+> \[\w+\] - (created|starting|started|unchecked)$"
    r"|Waiting for <machine \d+> \[\w+\] to become healthy: 0/\d+$"
)
"""What flyctl tells of a state that it happened to see."""
MORE_CHANCE = (
    (r"\b\d\d [A-Z][a-z]{2} \d\d \d\d:\d\d UTC\b", "<TIME>"),
    (r'("nonce": )"[0-9a-f]{12}"', r'\1"<NONCE>"'),
    (r'("expires_at": )\d{10}\b', r"\1<SECONDS>"),
    (r"\b[0-9a-f]{12} +│ success", "<NONCE> │ success"),
    (r"127\.0\.0\.1:\d+", "127.0.0.1:PORT"),
    (r"\b(just now|now|\d+[smh](\d+[ms])? ago|\d+ (second|minute|hour)s? ago)(?=\s|$)", "<AGO>"),
    (r'("fly_bluegreen_deployment_tag": )"\d+"', r'\1"<TAG>"'),
)


@frozen
class Side:
    """
    A program that is led through a chapter.

    Attributes:
        executable: It.
        world: The world it acts on, at its end.
        folder: The folder it runs in; the configuration files are in ``toml``.
        env: All the environment it has.
        unreachable: What is different in it where nobody listens.
    """

    executable: Path
    world: Path
    folder: Path
    env: Mapping[str, str]
    unreachable: Mapping[str, str] = {}


@frozen
class Seen:
    """
    What was seen of one command.

    Attributes:
        exit_code: What it ended with.
        stdout: The lines of its output, with names for ids and marks for times.
        stderr: The same of its other output.
        asked: The changes it asked its world for.
        world: What its world held afterwards.
    """

    exit_code: int
    stdout: list[str]
    stderr: list[str]
    asked: list[str]
    world: list[str]


def lead(side: Side, chapter: Chapter) -> list[Seen]:
    """Lead *side* through *chapter*; return what was seen of each command."""
    shutil.copytree(CONFIGS, side.folder / "toml")
    names = look.Names()
    seen = []
    for step in chapter.steps:
        if isinstance(step, Run):
            seen.append(_see(side, step, names))
        else:
            with World(side.world) as world:
                tell(world, *step.words)
    return seen


def _see(side: Side, run: Run, names: look.Names) -> Seen:
    before = look.last_request(side.world)
    done = _run(side, run)
    now = _settled(side.world)
    names.learn(side.world)

    def comparable(text: str) -> list[str]:
        return _comparable(text.replace(str(side.folder), "<DIR>"), names, run)

    asked = [] if run.unreachable else look.asked(side.world, after=before)
    return Seen(
        done.returncode,
        comparable(done.stdout),
        comparable(done.stderr),
        sorted(asked) if run.in_any_order else asked,
        sorted(_marked(names.put(line)) for line in look.held(side.world, now=now)),
    )


def _run(side: Side, run: Run) -> subprocess.CompletedProcess[str]:
    with World(side.world) as world:
        words = [re.sub(r"<(\w+):([\w:-]+)>", _finder(world), word) for word in run.words]
        if run.unreachable:
            tell(world, "fault", "*", "unreachable", "0", "gone")
    env = {**side.env, **(side.unreachable if run.unreachable else {}), **run.env}
    done = subprocess.run(
        [side.executable, *words],
        input=run.stdin,
        env={name: value for name, value in env.items() if value is not None},
        cwd=side.folder,
        capture_output=True,
        encoding="utf-8",
        timeout=LIMIT_SECONDS,
        check=False,
    )
    if run.unreachable:
        with World(side.world) as world:
            tell(world, "clear")
    return done


def _settled(path: Path) -> int:
    """
    Wait until nothing is to come in a world any more; return its time in milliseconds.

    Its clock is only moved for what takes long, such as crashing again and again: flyctl compares
    the times it is told with ours.
    """
    until = look.unsettled_until(path) + CHECKED_MS
    with World(path) as world:
        left = until - world.clock.now()
        if left > PATIENCE_MS:
            world.clock.advance(left / 1000)
        while (now := world.clock.now()) < until:
            time.sleep(0.02)
    return now


def _comparable(text: str, names: look.Names, run: Run) -> list[str]:
    if is_usage(text):
        return skeleton(text)
    lines = _marked(names.put(text)).splitlines()
    lines = [line for line in lines if not LOOKED.search(line)]
    return _unordered(lines) if run.in_any_order else lines


def _unordered(lines: list[str]) -> list[str]:
    """Return *lines* sorted, each once: what flyctl sees twice depends on when it looks."""
    told = {re.sub(r"\[\d+/\d+\]", "[<N>]", line).removesuffix(",") for line in lines}
    return sorted(told)


def _marked(text: str) -> str:
    return masked(text, MORE_CHANCE + CHANCE + PADDING)


def _finder(world: World) -> Callable[[re.Match[str]], str]:
    def find(word: re.Match[str]) -> str:
        app, _, which = word[2].partition(":")
        match word[1]:
            case "machine":
                found = [
                    each.id
                    for each in machines.list_(world, app)
                    if which in ("", each.config["metadata"]["fly_process_group"])
                ]
            case "volume":
                found = [each.id for each in volumes.list_(world, app) if each.name == which]
            case "address":
                found = [each.address for each in addresses.list_(world, app) if each.type == which]
            case _:
                found = []
        assert found, f"there is no {word[0]}"
        return found[0]

    return find
