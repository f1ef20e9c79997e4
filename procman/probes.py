"""How to know that a service is ready, or still works."""

from __future__ import annotations

import math
import re
from typing import Protocol

import anyio
from anyio.abc import ByteStream
from attrs import frozen

from procman._process.attempt import Attempt
from procman._process.hurry import Hurry
from procman.command import Command
from procman.errors import StepError
from procman.step import Step


class Probe(Protocol):
    """Asks a running service something; cheap enough to be asked again and again."""

    async def ask(self, port: int | None) -> str | None:
        """
        None if all is well, else what is wrong.

        Args:
            port: The one the service was given; None if it was given none.
        """
        ...


@frozen
class Started:
    """Ready as soon as it was started."""


@frozen
class Line:
    """
    Ready when it prints a line that matches.

    Attributes:
        pattern: A regular expression, looked for anywhere in a line.
        stream: ``stdout`` or ``stderr``; None for either.
    """

    pattern: str
    stream: str | None = None

    def matches(self, stream: str, line: str) -> bool:
        """Whether *line* is the one."""
        return self.stream in (None, stream) and re.search(self.pattern, line) is not None


@frozen
class Notification:
    """
    Ready when it says ``READY=1`` on the socket named in ``NOTIFY_SOCKET``.

    The protocol of sd_notify; most servers that run under systemd speak it.
    """


@frozen
class Descriptor:
    """
    Ready when it writes a line to the file descriptor whose number is in ``NOTIFY_FD``.

    Attributes:
        variable: The name of that variable.
    """

    variable: str = "NOTIFY_FD"


@frozen
class Port:
    """
    Well when a TCP port takes connections.

    Attributes:
        port: Which; the one the service was given if None.
        host: Where.
    """

    port: int | None = None
    host: str = "127.0.0.1"

    async def ask(self, port: int | None) -> str | None:
        """Connect, and go away again."""
        try:
            stream = await anyio.connect_tcp(self.host, _port(self.port, port))
        except OSError as error:
            return f"port {_port(self.port, port)}: {error}"
        await stream.aclose()
        return None


@frozen
class Http:
    """
    Well when an HTTP request is answered as expected; plain HTTP/1.1, no redirects.

    Attributes:
        path: What to ask for.
        port: Where; the port the service was given if None.
        host: Where.
        status: What to answer.
    """

    path: str = "/"
    port: int | None = None
    host: str = "127.0.0.1"
    status: int = 200

    async def ask(self, port: int | None) -> str | None:
        """Send a GET and read the status line."""
        where = f"{self.host}:{_port(self.port, port)}"
        request = f"GET {self.path} HTTP/1.1\r\nHost: {where}\r\nConnection: close\r\n\r\n"
        try:
            async with await anyio.connect_tcp(self.host, _port(self.port, port)) as stream:
                await stream.send(request.encode())
                answer = await _first_line(stream)
        except (OSError, anyio.BrokenResourceError, anyio.EndOfStream) as error:
            return f"http://{where}{self.path}: {str(error) or type(error).__name__}"
        found = answer.split(" ", 2)[1:2]
        return None if found == [str(self.status)] else f"http://{where}{self.path}: {answer}"


@frozen
class Succeeds:
    """
    Well when a command exits with 0.

    Attributes:
        command: Cheap, and without effects.
    """

    command: Command

    async def ask(self, port: int | None) -> str | None:  # noqa: ARG002
        """Run it to its end."""
        attempt = Attempt(Step("probe", self.command), hurry=Hurry(), deadline=math.inf)
        try:
            await attempt.run()
        except StepError as error:
            return str(error)
        return None


Readiness = Started | Line | Notification | Descriptor | Probe


def _port(declared: int | None, given: int | None) -> int:
    port = declared if declared is not None else given
    if port is None:
        raise ValueError("a probe of a port needs one: its own, or one that its service is given")
    return port


async def _first_line(stream: ByteStream) -> str:
    received = b""
    while b"\r\n" not in received:
        received += await stream.receive()
    return received.partition(b"\r\n")[0].decode(errors="replace")
