"""A stand-in over a world of its own, for every test that runs one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from provision.local.world import World, create_world

from .flies import Fly
from .replaying import Arrangements


@pytest.fixture
def fly(tmp_path: Path) -> Fly:
    """A stand-in over a new world."""
    folder = tmp_path / "bin"
    folder.mkdir()
    return Fly(tmp_path / "world.db", folder)


@pytest.fixture(scope="session")
def fly_over() -> Callable[[Path, Path], Fly]:
    """Make a stand-in over a given world."""
    return Fly


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A new world, in this process."""
    with create_world(tmp_path / "world.db") as opened:
        yield opened


@pytest.fixture(scope="session")
def arrangements(
    tmp_path_factory: pytest.TempPathFactory, fly_over: Callable[[Path, Path], Fly]
) -> Arrangements:
    """Worlds that recordings presuppose."""
    return Arrangements(tmp_path_factory.mktemp, fly_over)
