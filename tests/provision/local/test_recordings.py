"""Every recording of the real flyctl, replayed by the stand-in."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import signal
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from provision.local.world import World, addresses, requests

from .arranging import first_machine, tell
from .printed import CHANCE, NUMBERING, PADDING, is_usage, masked, skeleton

HERE = Path(__file__).parent
RECORDINGS = HERE.parent.parent / "recordings"
DATA = tomllib.loads((HERE / "arrangements.toml").read_text("utf-8"))
REPLAYED: dict[str, str] = DATA["recordings"]

NOT_MODELLED = {
    "no-args": "flyctl's welcome is prose; the stand-in has its own",
    "log-level-debug": "what LOG_LEVEL=debug prints is about flyctl's inside",
    "http-502-apps-create-forever": "a race inside flyctl: four times in five it asks four times",
}
"""Recordings that are not replayed, and why."""

IN_PARALLEL = {
    "deploy-four-machines",
    "deploy-strategy-immediate",
    "deploy-bluegreen",
    "deploy-canary",
    "deploy-two-machines",
    "deploy-drop-group",
    "scale-count-1",
    "scale-count-4",
}
"""Recordings of things that flyctl does at once: their lines come in any order."""


@pytest.fixture(scope="session")
def arranged(
    tmp_path_factory: pytest.TempPathFactory, fly_over: Callable[[Path, Path], Any]
) -> Callable[[str], Path]:
    """Give the world of an arrangement; each is made once."""
    made: dict[str, Path] = {}

    def give(name: str) -> Path:
        if name not in made:
            folder = tmp_path_factory.mktemp("arranged")
            after = DATA["arrangements"][name].get("after")
            if after:
                shutil.copy(give(after), folder / "world.db")
            shutil.copytree(HERE / "configs", folder / "toml")
            fly = fly_over(folder / "world.db", folder)
            for step in DATA["arrangements"][name]["steps"]:
                _arrange(fly, *shlex.split(step))
            made[name] = folder / "world.db"
        return made[name]

    return give


@pytest.mark.parametrize("name", sorted(REPLAYED))
def test_the_standin_says_what_flyctl_said(
    name: str,
    tmp_path: Path,
    arranged: Callable[[str], Path],
    fly_over: Callable[[Path, Path], Any],
) -> None:
    """Exit code, stdout, stderr and all requests that change something agree."""
    recording = json.loads((RECORDINGS / f"{name}.json").read_text("utf-8"))
    shutil.copy(arranged(REPLAYED[name]), tmp_path / "world.db")
    shutil.copytree(HERE / "configs", tmp_path / "toml")
    fly = fly_over(tmp_path / "world.db", tmp_path)
    with fly.world as world:
        arguments = [_placed(word, world, tmp_path) for word in recording["argv"]]

        before = requests.count(world)

    done = _replay(fly, recording, arguments)

    expected = (recording["exit_code"], recording["stdout"], recording["stderr"])
    assert _comparable(name, done, tmp_path) == _comparable(name, expected, tmp_path)
    with fly.world as world:
        asked = [each.operation.value for each in requests.changes(world, after=before)]
    assert _once_in_a_row(name, asked) == _once_in_a_row(name, _recorded_changes(recording))


REST = {
    r"POST /v1/apps": "apps.create",
    r"DELETE /v1/apps/[^/]+": "apps.delete",
    r"POST .*/ip_assignments": "addresses.allocate",
    r"POST .*/machines": "machines.create",
    r"POST .*/machines/[^/]+": "machines.update",
    r"DELETE .*/machines/[^/]+": "machines.destroy",
    r"POST .*/lease": "leases.acquire",
    r"DELETE .*/lease": "leases.release",
    r"POST .*/metadata/[^/]+": "machines.metadata",
    r"POST .*/machines/[^/]+/(start|stop|suspend|cordon|uncordon)": r"machines.\1",
    r"POST .*/secrets": "secrets.set",
    r"POST .*/volumes": "volumes.create",
    r"POST .*/builds": "builds.create",
    r"POST .*/builds/finish": "builds.finish",
    r"POST .*/releases": "releases.create",
    r"PATCH .*/releases/[^/]+": "releases.update",
}
GRAPHQL = {
    "createOrganization": "organizations.create",
    "deleteOrganization": "organizations.delete",
    "allocateIpAddress": "addresses.allocate",
    "releaseIpAddress": "addresses.release",
}


def test_every_recording_is_replayed_or_excused() -> None:
    """A new recording has to be put in one of the two places."""
    recorded = {path.stem for path in RECORDINGS.glob("*.json")}

    assert REPLAYED.keys() | NOT_MODELLED.keys() == recorded
    assert not REPLAYED.keys() & NOT_MODELLED.keys()


def _replay(fly: Any, recording: dict[str, Any], arguments: list[str]) -> Any:
    if recording.get("signal"):
        number = signal.Signals(recording["signal"]["number"])
        return fly.end_when("to have state: started", number, arguments)
    if "killed_by_recorder_after" in recording:
        return fly.kill_after(0.5, arguments)
    return fly.run(*arguments, stdin=recording.get("stdin") or "", env=recording["env_extra"])


def _arrange(fly: Any, word: str, *rest: str) -> None:
    with fly.world as world:
        match word, rest:
            case (("fly" | "fails"), _):
                placed = [_placed(each, world, fly.folder) for each in rest]
                done = fly.run(*placed)
                assert bool(done.exit_code) == (word == "fails"), (rest, done)
            case "import", (app, line):
                assert fly.run("secrets", "import", "-a", app, stdin=line).exit_code == 0
            case _:
                tell(world, word, *rest)


def _placed(word: str, world: World, folder: Path) -> str:
    """Return an argument as it is here: with this folder, and with a machine that exists."""
    if word == "<MACHINE>" or re.fullmatch(r"[0-9a-f]{14}", word):
        return first_machine(world)
    if word.startswith("2a09:"):
        found = [each.address for each in addresses.list_(world, "web1") if each.type == "v6"]
        return found[0] if found else word
    return word.replace("<DIR>", str(folder))


def _recorded_changes(recording: dict[str, Any]) -> list[str]:
    changes = []
    for request in recording["requests"]:
        operation = request.get("operation", "").removeprefix("mutation ")
        if operation in GRAPHQL:
            changes.append(GRAPHQL[operation])
        line = f"{request['method']} {request['path']}"
        found = [
            match.expand(to) for like, to in REST.items() if (match := re.fullmatch(like, line))
        ]
        # The lease a deploy prolongs in the background is asked for as often as time goes by.
        if found and not (found[0] == "leases.acquire" and request.get("nonce")):
            changes.append(found[0])
    return changes


def _once_in_a_row(name: str, changes: list[str]) -> list[str]:
    """Return *changes* without the patience that asks for a lease again and again."""
    pairs = zip(["", *changes], changes, strict=False)
    kept = [now for before, now in pairs if (before, now) != ("leases.acquire", "leases.acquire")]
    return sorted(kept) if name in IN_PARALLEL else kept


def _comparable(name: str, done: Any, folder: Path) -> tuple[int, Any, Any]:
    exit_code, stdout, stderr = done
    texts = [_normalised(text.replace(str(folder), "<DIR>")) for text in (stdout, stderr)]
    if name in IN_PARALLEL:
        texts = [sorted(re.sub(r"\[\d/\d\]", "[<N>]", text).splitlines()) for text in texts]
    return exit_code, texts[0], texts[1]


def _normalised(text: str) -> Any:
    return skeleton(text) if is_usage(text) else masked(text, CHANCE + NUMBERING + PADDING)
