"""What provision raises for the person who must act, and the exit code each error stands for."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import ClassVar

from attrs import frozen


class ExitCode(enum.IntEnum):
    """What the program's exit code says; the only place that assigns numbers."""

    CONVERGED = 0
    STEP_FAILED = 1
    PENDING = 2
    NOT_VERIFIED = 3
    REFUSED = 4
    PRECONDITION = 5
    LOCKED = 6
    TIMED_OUT = 7
    BAD_USAGE = 64
    BAD_INPUT = 65
    INTERNAL = 70


class ProvisionError(Exception):
    """
    Everything provision raises for the person who must act.

    Attributes:
        exit_code: What the program exits with.
        hint: What to do next; "" where we know nothing better than the message.
    """

    exit_code: ClassVar[ExitCode] = ExitCode.STEP_FAILED
    hint: str = ""


class BadUsage(ProvisionError):
    """Raised when the command line asks for what the manifest does not know."""

    exit_code = ExitCode.BAD_USAGE


class Refused(ProvisionError):
    """Raised when a safety rule forbids what was asked; nothing was changed by it."""

    exit_code = ExitCode.REFUSED

    def __init__(self, message: str, hint: str = "") -> None:
        self.hint = hint
        super().__init__(message)


class PreconditionFailed(ProvisionError):
    """Raised when something outside must be put right before anything can run."""

    exit_code = ExitCode.PRECONDITION

    def __init__(self, message: str, hint: str = "") -> None:
        self.hint = hint
        super().__init__(message)


class PreconditionsFailed(PreconditionFailed):
    """
    Raised when several things outside must be put right.

    Attributes:
        failures: Each of them, none of which stands for several.
    """

    def __init__(self, failures: Sequence[PreconditionFailed]) -> None:
        self.failures: tuple[PreconditionFailed, ...] = tuple(
            single
            for each in failures
            for single in (each.failures if isinstance(each, PreconditionsFailed) else (each,))
        )
        super().__init__("\n".join(str(failure) for failure in self.failures))


class MissingCredentials(PreconditionFailed):
    """
    Raised when variables that hold credentials are missing or empty.

    Attributes:
        names: All of them.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        super().__init__(
            f"missing credentials: {', '.join(self.names)}",
            "set each of them in the environment to a value that is not empty",
        )


class Locked(ProvisionError):
    """Raised when somebody else works on the same organization."""

    exit_code = ExitCode.LOCKED
    hint = "wait for it to end; --lock-wait 10m does so"


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

    exit_code = ExitCode.BAD_INPUT

    def __init__(self, path: Path, problems: Sequence[Problem]) -> None:
        self.path = path
        self.problems = tuple(problems)
        super().__init__(path, self.problems)

    def __str__(self) -> str:
        return "\n".join(self._line(problem) for problem in self.problems)

    def _line(self, problem: Problem) -> str:
        place = str(self.path) if problem.line is None else f"{self.path}:{problem.line}"
        return ": ".join(part for part in (place, problem.where, problem.message) if part)


class InvalidInput(ProvisionError):
    """
    Raised when one or more input files are wrong.

    Attributes:
        files: What is wrong in each of them.
    """

    exit_code = ExitCode.BAD_INPUT

    def __init__(self, files: Sequence[InvalidFile], hint: str = "") -> None:
        self.hint = hint
        self.files = tuple(files)
        super().__init__(self.files)

    def __str__(self) -> str:
        return "\n".join(str(file) for file in self.files)


def did_you_mean(word: str, known: Sequence[str]) -> str:
    """Ends a sentence about *word*: the nearest of *known*, or all there is to choose from."""
    near = get_close_matches(word, known, n=1)
    if near:
        return f"did you mean {near[0]!r}?"
    return f"known here: {', '.join(sorted(known))}"
