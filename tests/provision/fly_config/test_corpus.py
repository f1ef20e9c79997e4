"""The corpus: files of every dialect, and what the real flyctl says about each."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from provision.errors import InvalidFile
from provision.fly_config import load

HERE = Path(__file__).parent
CORPUS = HERE / "corpus"
RECORDED = json.loads((CORPUS / "verdicts.json").read_text())
FLYCTL = os.environ.get("FLYCTL") or shutil.which("flyctl")


@pytest.mark.parametrize("name", RECORDED["verdicts"])
def test_a_file_is_accepted_where_flyctl_accepts_it(name: str) -> None:
    """The verdict is that of `flyctl config validate --strict`."""
    flyctl_accepts = RECORDED["verdicts"][name]["exit_code"] == 0

    try:
        load(CORPUS / name)
        accepted = True
    except InvalidFile:
        accepted = False

    assert accepted == flyctl_accepts


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


@pytest.mark.skipif(FLYCTL is None, reason="needs a real flyctl, in FLYCTL or on the PATH")
def test_the_recorded_verdicts_are_still_those_of_flyctl() -> None:
    """Run with a newer flyctl, this shows which of its rules have changed."""
    done = subprocess.run(
        [sys.executable, HERE / "record_verdicts.py"], capture_output=True, text=True, check=True
    )

    assert json.loads(done.stdout)["verdicts"] == RECORDED["verdicts"]
