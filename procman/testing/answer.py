"""What a scripted executable does when it is called, as a value: also all that can go wrong."""

from __future__ import annotations

import enum
import random
from collections.abc import Callable, Iterable
from signal import Signals

from attrs import evolve, field, frozen


class Stream(enum.Enum):
    """Where something is printed."""

    STDOUT = "stdout"
    STDERR = "stderr"


@frozen
class Print:
    """It prints *data*."""

    data: bytes
    stream: Stream = Stream.STDOUT


@frozen
class Wait:
    """It does nothing for a while."""

    seconds: float


@frozen
class ReadStdin:
    """It reads its stdin to the end; `Call.stdin` has it afterwards."""


@frozen
class Ignore:
    """From now on it ignores *signal*."""

    signal: Signals


@frozen
class LeaveBehind:
    """It starts a grandchild that holds its stdout and stderr open for so long."""

    seconds: float


@frozen
class Exit:
    """It ends with that exit code."""

    code: int


@frozen
class Die:
    """It ends by that signal."""

    signal: Signals


Act = Print | Wait | ReadStdin | Ignore | LeaveBehind


@frozen
class Answer:
    """
    What is done at one call, act by act, and the end; see `answer`.

    The methods return answers that misbehave. What is left to chance in them is decided here,
    by their seed: one answer always does the same.
    """

    acts: tuple[Act, ...] = ()
    end: Exit | Die = field(default=Exit(0))

    def reading(self) -> Answer:
        """Reads its stdin to the end before anything else."""
        return self._with(ReadStdin(), *self.acts)

    def dripping(self, *, seed: int, pieces: int = 8, pause: float = 0.001) -> Answer:
        """
        Prints in pieces, cut anywhere, also within a line or a character.

        Args:
            seed: Decides where it is cut.
            pieces: Into how many each `Print` is cut, if it has as many bytes.
            pause: Seconds between two of them.
        """
        chance = random.Random(seed)
        acts: list[Act] = []
        for act in self.acts:
            if not isinstance(act, Print):
                acts.append(act)
                continue
            places = range(1, len(act.data))
            cuts = sorted(chance.sample(places, min(pieces - 1, len(places))))
            for begin, end in zip([0, *cuts], [*cuts, len(act.data)], strict=True):
                acts += [Print(act.data[begin:end], act.stream), Wait(pause)]
        return self._with(*acts)

    def stalling(self, seconds: float, *, seed: int) -> Answer:
        """Stops for so long in the middle of what it prints; the seed decides where."""
        before, after = self._split(seed, "character", lambda _, at: at > 0)
        return self._with(*before, Wait(seconds), *after)

    def half_a_line(self, *, seed: int) -> Answer:
        """Prints nothing more after the middle of a line; the seed decides which."""
        before, after = self._split(
            seed, "line", lambda data, at: b"\n" not in data[at - 1 : at + 1] and at > 0
        )
        return self._with(*before, *_silent(after))

    def half_a_character(self, *, seed: int) -> Answer:
        """Prints nothing more after a part of a character that has several bytes in UTF-8."""
        before, after = self._split(
            seed, "character of several bytes", lambda data, at: data[at] in _CONTINUATIONS
        )
        return self._with(*before, *_silent(after))

    def ignoring(self, *signals: Signals) -> Answer:
        """Is not ended by *signals*."""
        return self._with(*map(Ignore, signals), *self.acts)

    def leaving_behind(self, seconds: float) -> Answer:
        """Leaves a grandchild that holds its stdout and stderr open for so long."""
        return self._with(*self.acts, LeaveBehind(seconds))

    def dying(self, signal: Signals) -> Answer:
        """Ends by *signal* instead of exiting."""
        return evolve(self, end=Die(signal))

    def ending_after(self, seconds: float, *, seed: int, spread: float = 0.02) -> Answer:
        """
        Ends about so long after its start, for races with a limit of the same length.

        The seed decides by how much earlier it ends, at most *spread* seconds; that it takes
        some milliseconds to start makes both outcomes likely.
        """
        early = random.Random(seed).uniform(0, spread)
        return self._with(*self.acts, Wait(max(0.0, seconds - early)))

    def _with(self, *acts: Act) -> Answer:
        return evolve(self, acts=acts)

    def _split(
        self, seed: int, what: str, is_place: Callable[[bytes, int], bool]
    ) -> tuple[list[Act], list[Act]]:
        """The acts before and after a place in what is printed."""
        places = [
            (index, act, at)
            for index, act in enumerate(self.acts)
            if isinstance(act, Print)
            for at in range(len(act.data))
            if is_place(act.data, at)
        ]
        if not places:
            raise ValueError(f"it prints no {what} that could be cut in the middle")
        index, act, at = random.Random(seed).choice(places)
        before, after = Print(act.data[:at], act.stream), Print(act.data[at:], act.stream)
        return [*self.acts[:index], before], [after, *self.acts[index + 1 :]]


SILENT = Answer()
"""Prints nothing and exits with 0."""

_CONTINUATIONS = range(0x80, 0xC0)
"""The bytes of a character in UTF-8 after its first."""


def answer(
    stdout: str | bytes = "",
    stderr: str | bytes = "",
    *,
    exit_code: int = 0,
    signal: Signals | None = None,
    delay: float = 0.0,
) -> Answer:
    """
    An `Answer` that prints and ends.

    Args:
        stdout: Printed first; a str as UTF-8, surrogate escapes as the bytes they stand for.
        stderr: Printed after it.
        exit_code: From 0 to 255.
        signal: Ends it instead.
        delay: Seconds before it prints anything.
    """
    acts: list[Act] = [Wait(delay)] if delay else []
    for stream, text in ((Stream.STDOUT, stdout), (Stream.STDERR, stderr)):
        data = text.encode(errors="surrogateescape") if isinstance(text, str) else text
        if data:
            acts.append(Print(data, stream))
    return Answer(tuple(acts), Exit(exit_code) if signal is None else Die(signal))


def _silent(acts: Iterable[Act]) -> list[Act]:
    return [act for act in acts if not isinstance(act, Print)]
