"""Where the two programs differ, and which of these differences are known and why."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from difflib import unified_diff
from pathlib import Path

from attrs import asdict, frozen

from .script import Chapter
from .sides import Seen

KNOWN = Path(__file__).parent / "known.toml"


@frozen
class Difference:
    """
    Something that the two programs do not agree on.

    Attributes:
        chapter: The chapter of the script.
        line: The command.
        part: Which part of what was seen of it: ``stdout``, for example.
        flyctl: What only flyctl has, lines of *part*.
        standin: What only the stand-in has.
    """

    chapter: str
    line: str
    part: str
    flyctl: tuple[str, ...]
    standin: tuple[str, ...]

    def __str__(self) -> str:
        lines = [f"{self.chapter}: fly {self.line}", f"  {self.part}"]
        lines += [f"    flyctl    {line}" for line in self.flyctl]
        lines += [f"    stand-in  {line}" for line in self.standin]
        return "\n".join(lines)


@frozen
class Known:
    """
    A difference that is known.

    Attributes:
        difference: It.
        reason: Why it is.
    """

    difference: Difference
    reason: str


def differences(
    chapter: Chapter, flyctl: Iterable[Seen], standin: Iterable[Seen]
) -> list[Difference]:
    """Return every difference in *chapter*, in its order; what was left is compared once."""
    found: list[Difference] = []
    before: set[str] = set()
    for run, theirs, ours in zip(chapter.runs, flyctl, standin, strict=True):
        for part, lines in asdict(theirs).items():
            only = _only(lines, asdict(ours)[part])
            if part == "world":
                # What differs in the worlds still does after each command that follows.
                fresh = [[line for line in each if line not in before] for each in only]
                before = {*only[0], *only[1]}
                only = (fresh[0], fresh[1])
            if any(only):
                theirs_only, ours_only = map(tuple, only)
                found.append(Difference(chapter.name, run.line, part, theirs_only, ours_only))
    return found


def known(file: Path = KNOWN) -> tuple[Known, ...]:
    """Return the differences that are known, as *file* lists them."""
    listed = tomllib.loads(file.read_text("utf-8")).get("differences", [])
    return tuple(
        Known(
            Difference(
                each["chapter"],
                each["line"],
                each["part"],
                tuple(each.get("flyctl", ())),
                tuple(each.get("standin", ())),
            ),
            each["reason"],
        )
        for each in listed
    )


def _only(theirs: object, ours: object) -> tuple[list[str], list[str]]:
    first, second = _lines(theirs), _lines(ours)
    changed = list(unified_diff(first, second, lineterm="", n=0))[2:]
    return (
        [line[1:] for line in changed if line.startswith("-")],
        [line[1:] for line in changed if line.startswith("+")],
    )


def _lines(part: object) -> list[str]:
    return part if isinstance(part, list) else [str(part)]
