"""`provision local`: what it is told, and what it says when that cannot be."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.provision.platforms import write_platform
from tests.provision.rehearsals import provision, said

TELL = ("local", "tell", "ip-lost")


def test_what_is_to_go_wrong_is_acknowledged(tmp_path: Path) -> None:
    """Whoever tells the local Fly something hears what was understood, and how to end it."""
    code, stdout, stderr = said(tmp_path, *TELL, "--app", "acme-web")

    assert (code, stdout) == (0, "")
    assert stderr == (
        "ip-lost happens to acme-web from now on in .provision/local.db;"
        " `provision local clear` ends it\n"
    )


@pytest.mark.parametrize(
    ("world", "why"),
    [
        (
            "notes.txt",
            "notes.txt: is not a world\n  hint: give another path, or remove the file",
        ),
        (
            "folder",
            "folder: is not a world (unable to open database file)\n  hint: give another path\n",
        ),
        (
            "notes.txt/w.db",
            "no local Fly at notes.txt/w.db: File exists\n  hint: give another path",
        ),
        (
            "/proc/w.db",
            "/proc/w.db: cannot be made (unable to open database file)\n  hint: give another path",
        ),
    ],
)
def test_what_can_be_no_world_is_exit_5(tmp_path: Path, world: str, why: str) -> None:
    """Something outside must be put right: told as a run tells it, no traceback, and left alone."""
    write_platform(tmp_path)
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "folder").mkdir()

    told = said(tmp_path, *TELL, "--world", world)
    ran = provision(tmp_path, "test", "-f", "test.toml", f"--local={world}")

    assert told[:2] == (5, "")
    assert why in told[2]
    assert told[2].startswith("error: ")
    assert (ran.exit_code, why in ran.stderr) == (5, True)
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_a_world_that_is_not_there_is_not_cleared(tmp_path: Path) -> None:
    """The name may be mistyped; none is made of it. The usual one is as good as clear."""
    code, _, stderr = said(tmp_path, "local", "clear", "--world", "wrold.db")
    usual, _, _ = said(tmp_path, "local", "clear")

    assert (code, usual) == (5, 0)
    assert stderr == (
        "error: there is no local Fly at wrold.db\n"
        "  hint: there is nothing to clear; give another path\n"
    )
    assert not (tmp_path / "wrold.db").exists()


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("machine-crash", "no 'machine-crash'; did you mean 'machine-crashes'? `provision local"),
        ("xyz", "there is no 'xyz'; `provision local scenarios` lists all"),
    ],
)
def test_a_scenario_that_nobody_knows_is_bad_usage(tmp_path: Path, word: str, hint: str) -> None:
    """Exit 64, with the nearest one and where all of them stand; no world is made."""
    code, stdout, stderr = said(tmp_path, "local", "tell", word)

    assert (code, stdout) == (64, "")
    assert hint in stderr
    assert "Usage: " in stderr
    assert not (tmp_path / ".provision").exists()


def test_show_tells_what_is_wrong_with_a_manifest(tmp_path: Path) -> None:
    """Exit 65, and how to name another one."""
    code, stdout, stderr = said(tmp_path, "show", "test")

    assert (code, stdout) == (65, "")
    assert stderr == (
        "error: manifests/test.toml: No such file or directory\n"
        "  hint: name the manifest with -f PATH, or run in the folder that has manifests/\n"
    )
