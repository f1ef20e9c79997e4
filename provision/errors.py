"""What provision raises about its input and about the world."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

from attrs import frozen


class ProvisionError(Exception):
    """Everything provision raises for the person who must act."""


@frozen
class Problem:
    """
    One mistake in an input file.

    Attributes:
        where: Path of the key, e.g. ``apps.nfs.machines``; "" is the file as a whole.
        line: Line it stands on, counted from 1; None where the file has no such line.
        message: What is wrong and what to do about it.
    """

    where: str
    line: int | None
    message: str


class InvalidFile(ProvisionError):
    """An input file is missing, is not TOML, or says something that cannot be."""

    def __init__(self, path: Path, problems: Sequence[Problem]) -> None:
        self.path = path
        self.problems = tuple(problems)
        super().__init__(path, self.problems)

    def __str__(self) -> str:
        return "\n".join(self._line(problem) for problem in self.problems)

    def _line(self, problem: Problem) -> str:
        place = str(self.path) if problem.line is None else f"{self.path}:{problem.line}"
        return ": ".join(part for part in (place, problem.where, problem.message) if part)


def did_you_mean(word: str, known: Sequence[str]) -> str:
    """Ends a sentence about *word*: the nearest of *known*, or all there is to choose from."""
    near = get_close_matches(word, known, n=1)
    if near:
        return f"did you mean {near[0]!r}?"
    return f"known here: {', '.join(sorted(known))}"
