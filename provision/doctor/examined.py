"""A thing that was looked at, and what there is to say of it."""

from __future__ import annotations

import enum

from attrs import frozen

from provision.errors import ExitCode


class Verdict(enum.Enum):
    """What there is to say of a thing."""

    GOOD = "good"
    BAD = "bad"
    UNKNOWN = "unknown"
    """It could not be looked at, because of something else that is bad."""


@frozen
class Examined:
    """
    A thing that was looked at.

    Attributes:
        found: What there is, in words; never the value of a token.
        hint: What to do about it; "" if nothing.
    """

    name: str
    verdict: Verdict
    found: str
    hint: str = ""


def exit_code(examined: tuple[Examined, ...]) -> ExitCode:
    """What the program exits with."""
    is_bad = any(each.verdict is Verdict.BAD for each in examined)
    return ExitCode.PRECONDITION if is_bad else ExitCode.CONVERGED


def of_error(name: str, error: Exception) -> Examined:
    """A thing that is bad because of *error*."""
    return Examined(name, Verdict.BAD, str(error), getattr(error, "hint", ""))
