"""Two worlds that begin the same, and the two programs that go through a chapter on them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import TypeAlias

from provision.local.launcher import write_launcher
from provision.local.world import create_world
from provision.local.world.door import know_token
from tests.provision.local.flies import QUIET
from tests.provision.local.served import TOKEN, served

from .compare import Difference, differences
from .script import Chapter
from .sides import Side, lead

NOWHERE = "http://127.0.0.1:9"

Program: TypeAlias = Callable[[Path, Path], AbstractContextManager[Side]]
"""Gives a program that acts on a world and runs in a folder, for as long as a block lasts."""


def compared(chapter: Chapter, folder: Path, first: Program, second: Program) -> list[Difference]:
    """Lead both programs through *chapter* at once; return what they do not agree on."""
    with create_world(folder / "world.db") as world:
        know_token(world, TOKEN)
    with ExitStack() as stack, ThreadPoolExecutor() as both:
        sides = []
        for name, program in (("first", first), ("second", second)):
            (folder / name).mkdir()
            twin = Path(shutil.copy(folder / "world.db", folder / f"{name}.db"))
            sides.append(stack.enter_context(program(twin, folder / name)))
        seen = list(both.map(lambda side: lead(side, chapter), sides))
    return differences(chapter, *seen)


@contextmanager
def standin(world: Path, folder: Path) -> Iterator[Side]:
    """Give the stand-in over *world*."""
    yield Side(write_launcher(world, folder), world, folder, QUIET)


def named_fly(flyctl: Path, folder: Path) -> Path:
    """Return *flyctl* in *folder* under the name ``fly``: it tells the name of its own file."""
    fly = folder / "fly"
    try:
        os.link(flyctl.resolve(), fly)
    except OSError:
        shutil.copy(flyctl, fly)
    return fly


def flyctl_at(executable: Path) -> Program:
    """Return what gives the real flyctl at *executable*, over a server of the local Fly."""

    @contextmanager
    def flyctl(world: Path, folder: Path) -> Iterator[Side]:
        with served(world) as variables:
            env = QUIET | variables
            unreachable = {name: NOWHERE for name in env if name.endswith("_BASE_URL")}
            yield Side(executable, world, folder, env, unreachable)

    return flyctl
