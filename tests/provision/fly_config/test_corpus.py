"""The corpus: files of every dialect, and what the real flyctl says about each."""

from __future__ import annotations

import codecs
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from provision.errors import InvalidFile
from provision.fly_config import load

from .record_posted import posted

HERE = Path(__file__).parent
CORPUS = HERE / "corpus"
RECORDED = json.loads((CORPUS / "verdicts.json").read_text())
DIALECTS = {
    "[http_service]": rb"^\[http_service\]",
    "[[services]]": rb"^\[\[services\]\]",
    "[[services.ports]]": rb"^ *\[\[services\.ports\]\]",
    "a range of ports": rb"start_port.*\n.*end_port",
    "[[services.machine_checks]]": rb"^ *\[\[services\.machine_checks\]\]",
    "[processes]": rb"^\[processes\]",
    "[[mounts]]": rb"^\[\[mounts\]\]",
    "[[vm]]": rb"^\[\[vm\]\]",
    "[deploy]": rb"^\[deploy\]",
    "[[files]]": rb"^\[\[files\]\]",
    "[[statics]]": rb"^\[\[statics\]\]",
    "[metrics]": rb"^\[metrics\]",
    "[checks]": rb"^\[checks(\.\w+)?\]",
    "[experimental]": rb"^\[experimental\]",
    "[[restart]]": rb"^\[\[restart\]\]",
    "kill_signal": rb"^kill_signal",
    "swap_size_mb": rb"^swap_size_mb",
    "[build]": rb"^\[build\]",
    "[build.args]": rb"^ *\[build\.args\]",
    "comments": rb"= .* # .*\n(.*\n)*#",
    "Windows line ends": rb"^[^\n]*\r\n([^\n]*\r\n)*\Z",
    "mixed line ends": rb"\r\n[^\r]*[^\r]\n",
}
POSTED = json.loads((CORPUS / "posted.json").read_text())["posted"]
FLYCTL = os.environ.get("FLYCTL") or shutil.which("flyctl")


def test_a_file_is_accepted_where_flyctl_accepts_it() -> None:
    """The verdict is that of `flyctl config validate --strict`."""
    accepted = {name: is_accepted(CORPUS / name) for name in RECORDED["verdicts"]}

    assert accepted == {
        name: verdict["exit_code"] == 0 for name, verdict in RECORDED["verdicts"].items()
    }


def is_accepted(path: Path) -> bool:
    try:
        load(path)
    except InvalidFile:
        return False
    return True


def test_every_file_has_its_verdict() -> None:
    """A file that is added is recorded, one that goes takes its verdict along."""
    files = {f"{path.parent.name}/{path.name}" for path in CORPUS.glob("*/*.toml")}

    assert files == set(RECORDED["verdicts"])


def test_the_folders_tell_the_verdict() -> None:
    """What lies in `accepted` is accepted, what lies in `refused` is refused."""
    folders = {name: name.split("/")[0] for name in RECORDED["verdicts"]}
    told = {
        name: "accepted" if verdict["exit_code"] == 0 else "refused"
        for name, verdict in RECORDED["verdicts"].items()
    }

    assert folders == told


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_dialect_has_a_file_that_flyctl_accepts(dialect: str) -> None:
    """The corpus holds what real files are written in, not what is easy to read."""
    files = [path.read_bytes() for path in CORPUS.glob("accepted/*.toml")]

    assert any(re.search(DIALECTS[dialect], content, re.MULTILINE) for content in files)


def test_a_byte_order_mark_has_its_verdict() -> None:
    """Editors on Windows write it; flyctl refuses it, and so do we."""
    marked = [
        path.name for path in CORPUS.glob("*/*.toml") if path.read_bytes()[:3] == codecs.BOM_UTF8
    ]

    assert marked == ["byte-order-mark.toml"]


@pytest.mark.skipif(FLYCTL is None, reason="needs a real flyctl, in FLYCTL or on the PATH")
def test_the_recorded_verdicts_are_still_those_of_flyctl() -> None:
    """Run with a newer flyctl, this shows which of its rules have changed."""
    done = subprocess.run(
        [sys.executable, HERE / "record_verdicts.py"], capture_output=True, text=True, check=True
    )

    assert json.loads(done.stdout)["verdicts"] == RECORDED["verdicts"]


@pytest.mark.skipif(FLYCTL is None, reason="needs a real flyctl, in FLYCTL or on the PATH")
@pytest.mark.parametrize("name", ["inline-tables.toml", "mounts-per-group.toml"])
def test_flyctl_still_posts_what_was_recorded(name: str) -> None:
    """Image, versions and volumes apart, which another server has other ids for."""
    now = posted(Path(FLYCTL or ""), name)

    assert _comparable(now) == _comparable(POSTED[name])


def _comparable(deploy: dict[str, Any]) -> dict[str, Any]:
    machines = {group: dict(machine) for group, machine in deploy["machines"].items()}
    for machine in machines.values():
        del machine["image"], machine["metadata"]
        machine["mounts"] = [each | {"volume": ""} for each in machine.get("mounts", [])]
    return deploy | {"machines": machines}
