"""Waits until one start of a service is ready, whichever way it says so."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Self

import anyio

from procman.command import Command
from procman.probes import Descriptor, Line, Notification, Probe, Readiness, Started

ASK_AGAIN = 0.05
"""Seconds between two questions to a service that is not ready."""

ONE_QUESTION = 5.0
"""Seconds one of them may take."""


class ReadinessWatch:
    """
    What one start of a service needs so that it can say it is ready.

    A context manager: what it opens is closed with it.

    Attributes:
        reason: Why it is not ready, as far as is known.
    """

    def __init__(self, readiness: Readiness, port: int | None) -> None:
        self.reason = "it has not said so"
        self._readiness = readiness
        self._port = port
        self._line = anyio.Event()
        self._listening: int | None = None
        self._theirs: int | None = None
        self._socket: socket.socket | None = None
        self._folder: Path | None = None

    def __enter__(self) -> Self:
        if isinstance(self._readiness, Descriptor):
            self._listening, self._theirs = os.pipe()
            os.set_blocking(self._listening, False)
        elif isinstance(self._readiness, Notification):
            self._folder = Path(tempfile.mkdtemp(prefix="procman-"))
            self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            self._socket.settimeout(0)
            self._socket.bind(str(self._folder / "notify"))
        return self

    def __exit__(self, *_: object) -> None:
        for fd in (self._listening, self._theirs):
            if fd is not None:
                os.close(fd)
        if self._socket is not None:
            self._socket.close()
        if self._folder is not None:
            shutil.rmtree(self._folder)

    def prepared(self, command: Command) -> Command:
        """*command* with what it needs to say that it is ready."""
        match self._readiness:
            case Descriptor(variable=variable) if self._theirs is not None:
                told = command.with_env({variable: str(self._theirs)})
                return told.with_descriptors(self._theirs)
            case Notification() if self._folder is not None:
                return command.with_env({"NOTIFY_SOCKET": str(self._folder / "notify")})
            case _:
                return command

    def started(self) -> None:
        """Close what only the child is to hold."""
        if self._theirs is not None:
            os.close(self._theirs)
            self._theirs = None

    def lines(self, stream: str, lines: Sequence[str]) -> None:
        """Look at what it printed."""
        wanted = self._readiness
        if isinstance(wanted, Line) and any(wanted.matches(stream, line) for line in lines):
            self._line.set()

    @property
    def was_said(self) -> bool:
        """Whether a line was printed that makes it ready."""
        return self._line.is_set()

    async def wait(self) -> None:
        """Return when it is ready; never, if it never is."""
        match self._readiness:
            case Started():
                return
            case Line(pattern=pattern):
                self.reason = f"no line matched {pattern!r}"
                await self._line.wait()
            case Descriptor() if self._listening is not None:
                await self._wait_for_line(self._listening)
            case Notification() if self._socket is not None:
                await self._wait_for_notification(self._socket)
            case Descriptor() | Notification():
                raise RuntimeError("a readiness watch is used as a context manager")
            case probe:
                await self._wait_for_probe(probe)

    async def _wait_for_line(self, fd: int) -> None:
        while True:
            await anyio.wait_readable(fd)
            received = os.read(fd, 4096)
            if b"\n" in received:
                return
            if not received:
                # It closed the descriptor without a word: it will never be ready.
                await anyio.sleep_forever()

    async def _wait_for_notification(self, listening: socket.socket) -> None:
        while True:
            await anyio.wait_readable(listening)
            if b"READY=1" in listening.recv(4096).split(b"\n"):
                return

    async def _wait_for_probe(self, probe: Probe) -> None:
        while True:
            with anyio.move_on_after(ONE_QUESTION) as scope:
                reason = await probe.ask(self._port)
                if reason is None:
                    return
                self.reason = reason
            if scope.cancelled_caught:
                self.reason = f"no answer within {ONE_QUESTION:g} s"
            await anyio.sleep(ASK_AGAIN)
