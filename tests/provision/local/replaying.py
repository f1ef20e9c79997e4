"""Recordings of the real flyctl, replayed by whatever program, over a world arranged for them."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import signal
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from provision.local.world import World, addresses, requests

from .arranging import first_machine, tell
from .flies import Done, Fly
from .printed import CHANCE, NUMBERING, PADDING, is_usage, masked, skeleton

HERE = Path(__file__).parent
RECORDINGS = HERE.parent.parent / "recordings"
DATA = tomllib.loads((HERE / "arrangements.toml").read_text("utf-8"))
REPLAYED: dict[str, str] = DATA["recordings"]
"""The arrangement that each recording presupposes."""

IN_PARALLEL = {
    "deploy-crash",
    "deploy-first-ha-true",
    "deploy-first-processes",
    "deploy-four-machines",
    "deploy-strategy-immediate",
    "deploy-bluegreen",
    "deploy-canary",
    "deploy-two-machines",
    "deploy-drop-group",
    "scale-count-1",
    "scale-count-4",
}
"""Recordings of things that go on at once: their lines come in any order, some more than once."""


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
    "setAllowAllCrossNetworkReplays": "replays.set",
    "allocateIpAddress": "addresses.allocate",
    "releaseIpAddress": "addresses.release",
}


class Seen(NamedTuple):
    """
    What a command did, chance apart.

    Attributes:
        exit_code: What it ended with.
        stdout: What it said; where it does several things at once, its lines, sorted, each once.
        stderr: The same.
        changes: What it asked for that changes something, in order.
    """

    exit_code: int
    stdout: Any
    stderr: Any
    changes: list[str]


class Arrangements:
    """
    Worlds that recordings presuppose, each made once.

    Args:
        folder: Makes a new folder for each.
        fly_over: Makes a stand-in over a world, which brings it about.
    """

    def __init__(
        self, folder: Callable[[str], Path], fly_over: Callable[[Path, Path], Fly]
    ) -> None:
        self._folder = folder
        self._fly_over = fly_over
        self._made: dict[str, Path] = {}

    def give(self, name: str) -> Path:
        """Return the file of the world; to be copied, not to be used."""
        if name not in self._made:
            folder = self._folder("arranged")
            after = DATA["arrangements"][name].get("after")
            if after:
                shutil.copy(self.give(after), folder / "world.db")
            (folder / "toml").symlink_to(HERE / "configs")
            fly = self._fly_over(folder / "world.db", folder)
            for step in DATA["arrangements"][name]["steps"]:
                _arrange(fly, *shlex.split(step))
            self._made[name] = folder / "world.db"
        return self._made[name]


def replayed(name: str, fly: Fly) -> tuple[Seen, Seen]:
    """Replay the recording *name* with *fly*; return what is seen, and what was recorded."""
    recording = load(name)
    done, asked = played(recording, fly)
    return seen(name, done, asked, fly.folder), recorded(name, recording)


def load(name: str) -> dict[str, Any]:
    """Return the recording *name*, as its file has it."""
    content: dict[str, Any] = json.loads((RECORDINGS / f"{name}.json").read_text("utf-8"))
    return content


def played(recording: dict[str, Any], fly: Fly) -> tuple[Done, list[str]]:
    """Do what *recording* did with *fly*; return what it left and the changes it asked for."""
    with fly.world as world:
        arguments = [_placed(word, world, fly.folder) for word in recording["argv"]]
        before = requests.count(world)

    done = _replay(fly, recording, arguments)

    with fly.world as world:
        return done, [each.operation.value for each in requests.changes(world, after=before)]


def recorded(name: str, recording: dict[str, Any]) -> Seen:
    """Return what is seen of a recording."""
    done = Done(recording["exit_code"], recording["stdout"], recording["stderr"])
    return seen(name, done, _recorded_changes(recording), RECORDINGS)


def _replay(fly: Fly, recording: dict[str, Any], arguments: list[str]) -> Done:
    if recording.get("signal"):
        number = signal.Signals(recording["signal"]["number"])
        return fly.end_when("to have state: started", number, arguments)
    if "killed_by_recorder_after" in recording:
        return fly.kill_after(0.5, arguments)
    return fly.run(*arguments, stdin=recording.get("stdin") or "", env=recording["env_extra"])


def _arrange(fly: Fly, word: str, *rest: str) -> None:
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


def seen(name: str, done: Done, changes: list[str], folder: Path) -> Seen:
    """Return what a command did in *folder*, chance apart."""
    exit_code, stdout, stderr = done
    texts = [_normalised(text.replace(str(folder), "<DIR>")) for text in (stdout, stderr)]
    if name in IN_PARALLEL:
        # How often progress is told depends on how fast this machine is.
        texts = [sorted({*re.sub(r"\[\d/\d\]", "[<N>]", text).splitlines()}) for text in texts]
    return Seen(exit_code, texts[0], texts[1], _once_in_a_row(name, changes))


def _normalised(text: str) -> Any:
    return skeleton(text) if is_usage(text) else masked(text, CHANCE + NUMBERING + PADDING)
