"""Fixtures for pytest, which finds them by the entry point of this module."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Protocol

import pytest

from procman.testing.executable import ScriptedExecutable
from procman.testing.recorder import EventRecorder
from procman.testing.script import Expected, Script


class Scripted(Protocol):
    """Makes scripted executables; see the fixture `scripted`."""

    def __call__(self, name: str, script: Script | Iterable[Expected], /) -> ScriptedExecutable:
        """Put one of that *name* first on ``PATH``."""


@pytest.fixture
def scripted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scripted]:
    r"""
    Makes scripted executables that are first on ``PATH`` during the test.

    ``scripted("psql", [expect("-c", "SELECT 1", answer=answer("1\n"))])``

    At the end of the test each must have been called as its script says, to the end.
    """
    folder = tmp_path / "scripted"
    made: list[ScriptedExecutable] = []
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ.get('PATH', os.defpath)}")

    def make(name: str, script: Script | Iterable[Expected]) -> ScriptedExecutable:
        made.append(ScriptedExecutable(folder, name, script))
        return made[-1]

    yield make
    for executable in made:
        executable.check()


@pytest.fixture
def events() -> EventRecorder:
    """A hook that keeps every event."""
    return EventRecorder()
