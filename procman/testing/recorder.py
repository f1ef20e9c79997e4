"""Hooks for tests: one keeps the events of a run, one makes scripts of what programs did."""

from __future__ import annotations

from pathlib import PurePath
from typing import TypeVar

from attrs import evolve

from procman.command import Command
from procman.events import AttemptStarted, Event, ServiceStarted
from procman.hooks import ChildStart
from procman.output import Output
from procman.testing.answer import Answer, Exit, Wait, answer
from procman.testing.script import Expected, Order, Script

E = TypeVar("E")

FOR_EVER = 86400.0
"""Seconds that are more than any limit."""


class EventRecorder:
    """
    A hook that keeps every event.

    Attributes:
        all: In order.
    """

    def __init__(self) -> None:
        self.all: list[Event] = []

    def __call__(self, event: Event) -> None:
        """Keep it."""
        self.all.append(event)

    def of(self, kind: type[E]) -> list[E]:
        """Those of that *kind*."""
        return [event for event in self.all if isinstance(event, kind)]

    @property
    def names(self) -> list[str]:
        """The names of their classes: what happened, at a glance."""
        return [type(event).__name__ for event in self.all]


class ScriptRecorder:
    """
    A hook that makes scripts of what programs really did.

    Secrets are not in them: in what was printed they are redacted, and an argument that held
    one may be anything. How long a program took is not kept, nor in which order it wrote to
    its two streams. One that we ended is one that never ends.
    """

    def __init__(self) -> None:
        self._order: list[tuple[int, int]] = []
        self._left: dict[tuple[int, int], tuple[Command, Output]] = {}

    def __call__(self, event: Event) -> None:
        """Remember which program came first."""
        if isinstance(event, AttemptStarted | ServiceStarted):
            self._order.append((event.id, event.number))

    def output(self, start: ChildStart, command: Command, output: Output) -> None:
        """Remember what it did."""
        self._left[start.id, start.number] = (command, output)

    @property
    def programs(self) -> tuple[str, ...]:
        """The names of those that ran, in order of their first start."""
        return tuple(dict.fromkeys(_name(command) for command, _ in self._in_order()))

    def script(self, program: str, *, order: Order = Order.KEPT) -> Script:
        """
        What the *program* of that name was called with, and did.

        Raises:
            ValueError: it never ran, or printed more than its step kept (`Capture.keep`).
        """
        calls = [_call(c, o) for c, o in self._in_order() if _name(c) == program]
        if not calls:
            raise ValueError(f"{program} never ran; there ran: {', '.join(self.programs)}")
        return Script(calls, order)

    def _in_order(self) -> list[tuple[Command, Output]]:
        return [self._left[key] for key in self._order if key in self._left]


def _name(command: Command) -> str:
    return PurePath(command.program).name


def _call(command: Command, output: Output) -> Expected:
    if cut := output.stdout_cut + output.stderr_cut:
        raise ValueError(f"{command}: {cut} bytes of what it printed were not kept: Capture.keep")
    argv = (command.redactor.clean_text(argument) for argument in command.argv)
    known = [clean if clean == raw else None for clean, raw in zip(argv, command.argv, strict=True)]
    return Expected(tuple(known[1:]), _answer(command, output))


def _answer(command: Command, output: Output) -> Answer:
    found = answer(output.stdout, output.stderr)
    if output.ending.sent:
        found = evolve(found, acts=(*found.acts, Wait(FOR_EVER)))
    elif output.signal is not None:
        found = found.dying(output.signal)
    else:
        found = evolve(found, end=Exit(output.exit_code or 0))
    return found.reading() if command.stdin else found
