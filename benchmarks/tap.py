"""A tap between clients and a server: how long each answer was waited for, seen from outside."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial

import anyio
from anyio.abc import SocketAttribute, SocketStream
from anyio.from_thread import start_blocking_portal
from attrs import define, field, frozen

HOST = "127.0.0.1"


@frozen
class Heard:
    """
    A request and its answer.

    Attributes:
        request: Method and path.
        status: Of the answer.
        seconds: From the request's first bytes to the answer's.
    """

    request: str
    status: int
    seconds: float


@frozen
class Tap:
    """
    What passed by.

    Attributes:
        port: Where it listens; what comes there goes on to the server.
        heard: Every request that was answered, in the order of the answers.
    """

    port: int
    heard: list[Heard] = field(factory=list)


@contextmanager
def tapped(port: int) -> Iterator[Tap]:
    """Listen before a server that listens on *port* of loopback, in a thread of its own."""
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(_listening(port)) as tap,
    ):
        yield tap


@asynccontextmanager
async def _listening(port: int) -> AsyncIterator[Tap]:
    listener = await anyio.create_tcp_listener(local_host=HOST)
    tap = Tap(listener.extra(SocketAttribute.local_port))  # noqa: S610 - not Django's
    async with listener, anyio.create_task_group() as tasks:
        tasks.start_soon(listener.serve, partial(_pass_on, tap, port))
        yield tap
        tasks.cancel_scope.cancel()


@define
class _Connection:
    """One over which requests go one after the other."""

    tap: Tap
    client: SocketStream
    server: SocketStream
    request: str = ""
    began: float = 0.0

    async def up(self) -> None:
        async for part in self.client:
            if not self.request:
                self.began = time.perf_counter()
                self.request = part.split(b" HTTP/")[0].decode("ascii", "replace")
            await self.server.send(part)
        await self.server.send_eof()

    async def down(self) -> None:
        async for part in self.server:
            if self.request:
                seconds = time.perf_counter() - self.began
                self.tap.heard.append(Heard(self.request, int(part.split(b" ", 2)[1]), seconds))
                self.request = ""
            await self.client.send(part)
        await self.client.send_eof()


async def _pass_on(tap: Tap, port: int, client: SocketStream) -> None:
    async with client, await anyio.connect_tcp(HOST, port) as server:
        connection = _Connection(tap, client, server)
        try:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(connection.up)
                tasks.start_soon(connection.down)
        except* anyio.BrokenResourceError:
            pass  # one of the two went without a word
