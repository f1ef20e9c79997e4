"""The real flyctl and the stand-in, led through the same session on worlds that begin the same."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from provision.local.world import World, apps

from . import compared as data
from .compare import Difference, differences, known
from .script import Chapter, Run, chapters
from .sides import Seen, Side
from .twins import compared, flyctl_at, named_fly, standin

FLYCTL = os.environ.get("FLYCTL") or shutil.which("flyctl")
CHAPTERS = chapters()
KNOWN = known()


@pytest.fixture(scope="session")
def fly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real flyctl, called fly."""
    assert FLYCTL is not None
    return named_fly(Path(FLYCTL), tmp_path_factory.mktemp("flyctl"))


@pytest.mark.skipif(FLYCTL is None, reason="needs a real flyctl, in FLYCTL or on the PATH")
@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.name)
def test_flyctl_and_the_standin_agree(chapter: Chapter, fly: Path, tmp_path: Path) -> None:
    """What they print, how they end, what they ask for and what is left, ids and times apart."""
    expected = [each.difference for each in KNOWN if each.difference.chapter == chapter.name]

    found = compared(chapter, tmp_path, flyctl_at(fly), standin)

    assert _told(found) == _told(expected)


def test_twins_agree_with_themselves(tmp_path: Path) -> None:
    """The stand-in beside itself: chance and time are not taken for differences."""
    [chapter] = [each for each in CHAPTERS if each.name == "release-command"]

    assert compared(chapter, tmp_path, standin, standin) == []


def test_every_kind_of_difference_is_found(tmp_path: Path) -> None:
    """A harness that finds nothing would hold nothing."""
    chapter = Chapter(
        "strange", (Run("apps list", ("apps", "list")), _create("web1"), _create("web2"))
    )

    @contextmanager
    def strange(world: Path, folder: Path) -> Iterator[Side]:
        with World(world) as opened:
            apps.create(opened, "web1", organization="personal")
        with standin(world, folder) as side:
            yield side

    found = compared(chapter, tmp_path, strange, standin)

    assert [(each.line, each.part) for each in found] == [
        ("apps list", "stdout"),
        ("apps list", "world"),
        ("apps create web1", "exit_code"),
        ("apps create web1", "stdout"),
        ("apps create web1", "stderr"),
        ("apps create web1", "asked"),
    ]


def test_a_known_difference_is_listed_as_it_is_found(tmp_path: Path) -> None:
    """Line by line, so that it excuses nothing else, and is missed once it has gone."""
    listed = tmp_path / "known.toml"
    listed.write_text(
        """
        [[differences]]
        chapter = "apps"
        line = "apps list"
        part = "stdout"
        flyctl = [" NAME "]
        reason = "the stand-in has no titles"
        """
    )
    [chapter] = [each for each in CHAPTERS if each.name == "apps"]
    [index] = [i for i, run in enumerate(chapter.runs) if run.line == "apps list"]
    ours = [Seen(0, [], [], [], [])] * len(chapter.runs)
    theirs = [*ours[:index], Seen(0, [" NAME "], [], [], []), *ours[index + 1 :]]

    found = differences(chapter, theirs, ours)

    assert found == [each.difference for each in known(listed)]


def test_the_session_is_as_long_as_it_says() -> None:
    """Eighty commands at least, and what is known to differ is said of commands that are there."""
    lines = [(chapter.name, run.line) for chapter in CHAPTERS for run in chapter.runs]

    assert len(lines) >= 80
    assert {(each.difference.chapter, each.difference.line) for each in KNOWN} <= set(lines)
    assert all(each.reason for each in KNOWN)


def test_what_was_compared_is_what_the_session_compares() -> None:
    """Otherwise: FLYCTL=/path/to/flyctl python -m tests.provision.local.differential"""
    last = data.load()

    assert last.commands == sum(len(chapter.runs) for chapter in CHAPTERS)
    assert last.agreed == data.agreed(CHAPTERS, [each.difference for each in KNOWN])


def _create(app: str) -> Run:
    line = f"apps create {app}"
    return Run(line, (*line.split(), "--org", "personal"))


def _told(differences: list[Difference]) -> str:
    return "\n".join(map(str, differences))
