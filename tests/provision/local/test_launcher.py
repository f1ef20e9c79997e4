"""The executable that speaks for a world."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from provision.local.launcher import PROGRAM, write_launcher
from provision.local.world import NotAWorld


def test_the_launcher_makes_the_world_and_runs(tmp_path: Path) -> None:
    """It needs nothing of the environment but a token."""
    launcher = write_launcher(tmp_path / "a world.db", tmp_path)

    done = subprocess.run(
        [launcher, "orgs", "list", "--json"],
        env={"FLY_API_TOKEN": "any"},
        cwd="/",
        capture_output=True,
        check=True,
    )

    assert launcher == tmp_path / "fly"
    assert done.stdout == b'{\n    "personal": "Dev"\n}\n'


def test_what_takes_long_to_load_is_not_loaded() -> None:
    """A stand-in is started some thirty times in a run, and lives for as many milliseconds."""
    python = (sys.executable, "-I", "-S", "-X", "importtime")
    command = [*python, str(PROGRAM), "world", "orgs", "list"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "provision.local.world" in loaded
    assert loaded.isdisjoint({"argparse", "attr", "dataclasses", "inspect", "pathlib", "typing"})


def test_several_may_write_it_at_once(tmp_path: Path) -> None:
    """Only the executable is left, whole, and it is executable."""
    (tmp_path / "bin").mkdir()

    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(lambda _: write_launcher(tmp_path / "w", tmp_path / "bin"), range(8)))

    assert made == {tmp_path / "bin" / "fly"}
    assert [each.name for each in (tmp_path / "bin").iterdir()] == ["fly"]
    assert os.access(tmp_path / "bin" / "fly", os.X_OK)


def test_a_file_that_is_no_world_is_left_alone(tmp_path: Path) -> None:
    """No executable is written for it."""
    (tmp_path / "notes.txt").write_text("mine")

    with pytest.raises(NotAWorld):
        write_launcher(tmp_path / "notes.txt", tmp_path)
    assert [each.name for each in tmp_path.iterdir()] == ["notes.txt"]


def test_a_world_that_went_away_is_told(tmp_path: Path) -> None:
    """With an exit code of its own."""
    launcher = write_launcher(tmp_path / "world.db", tmp_path)
    (tmp_path / "world.db").unlink()

    done = subprocess.run(
        [launcher, "orgs", "list"],
        env={"FLY_API_TOKEN": "any"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2
    assert "there is no such file; give another path" in done.stderr
