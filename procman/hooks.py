"""What a hook may do besides being told: add to a child's environment, see all it printed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, runtime_checkable

from attrs import frozen

from procman.command import Command
from procman.events import Event
from procman.output import Output


@frozen
class ChildStart:
    """
    Names one start of a child, by what its events carry.

    Attributes:
        job: The name of the job it belongs to.
        name: Of its step or service.
        id: Of its step or service.
        number: Of the attempt, or of the service's start; counted from 1.
    """

    job: str
    name: str
    id: int
    number: int


@runtime_checkable
class EnvironmentHook(Protocol):
    """
    A hook that adds to the environment of children, e.g. where they belong in a trace.

    It is asked just before each start: after `AttemptStarted`, before `ServiceStarted`. What
    the command itself says of a variable counts more. It must not raise.
    """

    def __call__(self, event: Event, /) -> None:
        """Be told."""

    def environment(self, start: ChildStart, /) -> Mapping[str, str]:
        """What the child gets besides; no secrets."""


@runtime_checkable
class OutputHook(Protocol):
    """
    A hook that sees all that was kept of what children printed, not only the last part.

    It is told just before `AttemptEnded` or `ServiceEnded`. It must not raise.
    """

    def __call__(self, event: Event, /) -> None:
        """Be told."""

    def output(self, start: ChildStart, command: Command, output: Output, /) -> None:
        """See what the child left; *output* is redacted, the secrets of *command* print nowhere."""
