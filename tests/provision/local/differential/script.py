"""The scripted session that both programs are led through, as `session.toml` has it."""

from __future__ import annotations

import shlex
import tomllib
from pathlib import Path
from string import Template
from typing import Any

from attrs import field, frozen

FILE = Path(__file__).parent / "session.toml"


@frozen
class Run:
    """
    A command that both programs are given.

    Attributes:
        line: It as it stands in the script, without ``fly``.
        words: Its arguments; a word like ``<machine:web1>`` stands for an id.
        stdin: What it reads.
        env: Variables it gets beside the usual ones; None takes one away.
        in_any_order: Whether flyctl does several things at once, and tells them as they come.
        unreachable: Whether nobody listens where Fly should be.
    """

    line: str
    words: tuple[str, ...]
    stdin: str = ""
    env: dict[str, str | None] = field(factory=dict)
    in_any_order: bool = False
    unreachable: bool = False


@frozen
class Tell:
    """
    Something that both worlds are told.

    Attributes:
        words: As `arranging.tell` takes them.
    """

    words: tuple[str, ...]


@frozen
class Chapter:
    """
    A part of the session that begins with a new world.

    Attributes:
        name: What it is about.
        steps: What happens, in order.
    """

    name: str
    steps: tuple[Run | Tell, ...]

    @property
    def runs(self) -> tuple[Run, ...]:
        """Its commands."""
        return tuple(step for step in self.steps if isinstance(step, Run))


def chapters() -> tuple[Chapter, ...]:
    """Return the whole session."""
    script = tomllib.loads(FILE.read_text("utf-8"))
    words = script["words"]
    return tuple(
        Chapter(name, tuple(_step(step, words) for step in chapter["steps"]))
        for name, chapter in script["chapters"].items()
    )


def _step(step: str | dict[str, Any], words: dict[str, str]) -> Run | Tell:
    if isinstance(step, str):
        step = {"fly": step}
    if "tell" in step:
        return Tell(tuple(shlex.split(step["tell"])))
    line = Template(step["fly"]).substitute(words)
    env = step.get("env", {}) | dict.fromkeys(step.get("without", []))
    return Run(
        line,
        tuple(shlex.split(line)),
        stdin=step.get("stdin", ""),
        env=env,
        in_any_order=step.get("in_any_order", False),
        unreachable=step.get("unreachable", False),
    )
