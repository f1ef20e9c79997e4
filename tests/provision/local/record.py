"""
Records anew what a real flyctl prints, and tells where that differs from what was recorded.

    python -m tests.provision.local.record /path/to/flyctl [--write] [NAME …]

Each recording is made over a world that is arranged as `arrangements.toml` says and served; nothing
leaves the machine. It differs if flyctl ends otherwise, prints something else or asks for other
changes, chance and the numbers of a server apart. With --write the files of those that differ are
written; the others stay as they are: what this server answers in other words is no news of flyctl.

A new recording begins as a file with its "recording", "session", "argv", "env_extra" and "stdin",
and a line in `arrangements.toml`.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from difflib import unified_diff
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import Any, NamedTuple

from tests.provision.local.differential import look
from tests.provision.local.differential.twins import NOWHERE, named_fly
from tests.provision.local.flies import QUIET, Fly, Flyctl
from tests.provision.local.replaying import (
    HERE,
    RECORDINGS,
    REPLAYED,
    Arrangements,
    Seen,
    load,
    played,
    recorded,
)
from tests.provision.local.served import served
from tests.provision.local.tap import tapped

TRIES = 3
"""How often a recording is made before it differs: flyctl races with itself where a 502 comes."""
NOBODY_LISTENS = "server-gone-"
FAR_PAST = 0


class Made(NamedTuple):
    """
    A recording that was just made.

    Attributes:
        content: It, as its file would have it.
        seen: What is seen of it, chance apart.
    """

    content: dict[str, Any]
    seen: Seen


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="record", description="record flyctl anew")
    parser.add_argument("flyctl", type=Path)
    parser.add_argument("--write", action="store_true", help="write the files that differ")
    parser.add_argument("names", nargs="*", metavar="NAME", help="recordings; all if none is named")
    given = parser.parse_args(words)
    with TemporaryDirectory() as folder:
        recorder = Recorder(given.flyctl, Path(folder))
        names = given.names or sorted(REPLAYED)
        differing = [name for name in names if _differs(recorder, name, write=given.write)]
    sys.stdout.write(f"{len(names)} recordings, {len(differing)} differ\n")
    return 1 if differing else 0


def _differs(recorder: Recorder, name: str, *, write: bool) -> bool:
    before = load(name)
    old = recorded(name, before) if "exit_code" in before else None
    for _ in range(TRIES):
        made = recorder.record(name, before)
        if made.seen == old:
            return False
    sys.stdout.write("".join(f"{line}\n" for line in _told(name, old, made.seen)))
    if write:
        text = json.dumps(made.content, indent=1, ensure_ascii=True)
        (RECORDINGS / f"{name}.json").write_text(f"{text}\n", "utf-8")
    return True


def _told(name: str, old: Seen | None, new: Seen) -> Iterator[str]:
    yield name
    for field in Seen._fields:
        before = [] if old is None else _lines(getattr(old, field))
        for line in list(unified_diff(before, _lines(getattr(new, field)), lineterm="", n=0))[2:]:
            if not line.startswith("@@"):
                yield f"  {field} {line}"


def _lines(part: object) -> list[str]:
    return [str(each) for each in part] if isinstance(part, list) else str(part).splitlines()


class Recorder:
    """
    Makes recordings.

    Args:
        flyctl: The real one.
        folder: A folder of its own.
    """

    def __init__(self, flyctl: Path, folder: Path) -> None:
        self._folder = folder
        self._fly = named_fly(flyctl, folder)
        self._arrangements = Arrangements(lambda _: self._room(), Fly)

    def record(self, name: str, before: dict[str, Any]) -> Made:
        """Do anew what the recording *before* did."""
        room = self._room()
        world = Path(shutil.copy(self._arrangements.give(REPLAYED.get(name, "new")), room))
        shutil.copytree(HERE / "configs", room / "toml")
        held = look.held(world, now=FAR_PAST)
        with self._flyctl(world, room, name) as (fly, heard):
            began = time.monotonic()
            done, _ = played(before, fly)
            seconds = time.monotonic() - began

        def shown(text: str) -> str:
            return text.replace(str(room), "<DIR>").replace(fly.variables["PORT"], "PORT")

        content = before | {
            "exit_code": done.exit_code,
            "stdout": shown(done.stdout),
            "stderr": shown(done.stderr),
            "seconds": round(seconds, 2),
            "requests": heard,
            "world_changes": _changed(held, look.held(world, now=FAR_PAST)),
        }
        return Made(content, recorded(name, content))

    @contextmanager
    def _flyctl(
        self, world: Path, room: Path, name: str
    ) -> Iterator[tuple[Flyctl, list[dict[str, Any]]]]:
        with served(world) as variables, tapped(variables["FLY_API_BASE_URL"]) as (url, heard):
            origin = NOWHERE if name.startswith(NOBODY_LISTENS) else url
            urls = {key: origin for key in variables if key.endswith("_BASE_URL")}
            named = {"HOME": str(room), "PORT": url.rpartition(":")[2]}
            yield Flyctl(world, room, self._fly, {**QUIET, **variables, **urls, **named}), heard

    def _room(self) -> Path:
        return Path(mkdtemp(dir=self._folder))


def _changed(before: list[str], after: list[str]) -> list[str]:
    gone = [f"- {line}" for line in before if line not in after]
    return gone + [f"+ {line}" for line in after if line not in before]


if __name__ == "__main__":
    os.environ.pop("CI", None)
    sys.exit(main(sys.argv[1:]))
