"""Waits until one start of a service is ready, a class for each way to say so."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Self

import anyio

from procman.command import Command
from procman.outcome import Limit, LimitName
from procman.probes import Descriptor, Line, Notification, Probe, Readiness, Started

ASK_AGAIN = 0.05
"""Seconds between two questions to a service that is not ready."""

ONE_QUESTION = 5.0
"""Seconds one of them may take."""

LAST_WORDS = 0.1
"""Seconds: who dies lets go of descriptors first, and how it died says more than that."""

LONGEST_FOLDER = 80
"""Bytes of a folder's path that leave room for a socket in it: systems allow 104 in all."""


class NeverReady(Exception):
    """Raised when a service cannot become ready any more; says why."""


class ReadinessWatch:
    """
    What one start of a service needs so that it can say it is ready; this one need not say.

    A context manager: what it opens is closed with it.

    Attributes:
        reason: Why it is not ready, as far as is known.
        was_said: Whether it has said that it is, as far as was heard.
    """

    def __init__(self) -> None:
        self.reason = "it has not said so"
        self.was_said = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None: ...

    def prepared(self, command: Command) -> Command:
        """*command* with what it needs to say that it is ready."""
        return command

    def started(self) -> None:
        """Let go of what only the child is to hold."""

    def lines(self, stream: str, lines: Sequence[str]) -> None:
        """Look at what it printed."""

    def hear(self) -> None:
        """Take in what it has said so far."""

    async def wait(self) -> None:
        """
        Return when it is ready; if it never says so, never.

        Raises:
            NeverReady: it cannot say so any more.
        """


class _LineWatch(ReadinessWatch):
    def __init__(self, line: Line) -> None:
        super().__init__()
        self.reason = f"no line matched {line.pattern!r}"
        self._wanted = line
        self._said = anyio.Event()

    def lines(self, stream: str, lines: Sequence[str]) -> None:
        if any(self._wanted.matches(stream, line) for line in lines):
            self.was_said = True
            self._said.set()

    async def wait(self) -> None:
        await self._said.wait()


class _DescriptorWatch(ReadinessWatch):
    def __init__(self, descriptor: Descriptor) -> None:
        super().__init__()
        self._variable = descriptor.variable
        self._is_closed = False
        self._ours, self._theirs = os.pipe()
        os.set_blocking(self._ours, False)
        self._open = {self._ours, self._theirs}

    def __exit__(self, *_: object) -> None:
        for fd in self._open:
            os.close(fd)

    def prepared(self, command: Command) -> Command:
        told = command.with_env({self._variable: str(self._theirs)})
        return told.with_descriptors(self._theirs)

    def started(self) -> None:
        self._open.discard(self._theirs)
        os.close(self._theirs)

    def hear(self) -> None:
        with suppress(BlockingIOError):
            said = os.read(self._ours, 4096)
            self._is_closed = not said
            self.was_said = self.was_said or b"\n" in said

    async def wait(self) -> None:
        while not self.was_said:
            await anyio.wait_readable(self._ours)
            self.hear()
            if self._is_closed:
                await anyio.sleep(LAST_WORDS)
                raise NeverReady(f"it closed the descriptor in {self._variable} without a line")


class _NotificationWatch(ReadinessWatch):
    def __init__(self) -> None:
        super().__init__()
        self._is_stopping = False
        self._folder = _new_folder()
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.settimeout(0)
        self._address = str(self._folder / "notify")
        self._socket.bind(self._address)

    def __exit__(self, *_: object) -> None:
        self._socket.close()
        shutil.rmtree(self._folder)

    def prepared(self, command: Command) -> Command:
        return command.with_env({"NOTIFY_SOCKET": self._address})

    def hear(self) -> None:
        with suppress(BlockingIOError):
            while True:
                for assignment in self._socket.recv(4096).decode(errors="replace").split("\n"):
                    self._take(assignment)

    def _take(self, assignment: str) -> None:
        match assignment.partition("="):
            case "READY", _, "1":
                self.was_said = True
            case "STOPPING", _, "1":
                self._is_stopping = True
            case "STATUS", _, status:
                self.reason = f"it has said no more than {status!r}"

    async def wait(self) -> None:
        while not self.was_said:
            await anyio.wait_readable(self._socket)
            self.hear()
            if self._is_stopping and not self.was_said:
                raise NeverReady("it said that it is stopping")


class _ProbeWatch(ReadinessWatch):
    def __init__(self, probe: Probe, port: int | None) -> None:
        super().__init__()
        self._probe = probe
        self._port = port

    async def wait(self) -> None:
        while True:
            with anyio.move_on_after(ONE_QUESTION) as scope:
                reason = await self._probe.ask(self._port)
                if reason is None:
                    return
                self.reason = reason
            if scope.cancelled_caught:
                self.reason = f"{Limit(LimitName.PROBE, ONE_QUESTION)} reached"
            await anyio.sleep(ASK_AGAIN)


def watch_for(readiness: Readiness, port: int | None) -> ReadinessWatch:
    """The watch that *readiness* asks for, of a service that was given *port*."""
    match readiness:
        case Started():
            return ReadinessWatch()
        case Line():
            return _LineWatch(readiness)
        case Descriptor():
            return _DescriptorWatch(readiness)
        case Notification():
            return _NotificationWatch()
        case probe:
            return _ProbeWatch(probe, port)


def _new_folder() -> Path:
    """A new one that is ours alone, its path short enough for a socket in it."""
    usual = tempfile.gettempdir()
    place = usual if len(os.fsencode(usual)) < LONGEST_FOLDER else "/tmp"  # noqa: S108 - a new one
    return Path(tempfile.mkdtemp(prefix="procman-", dir=place))
