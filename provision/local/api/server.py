"""Serving a world on loopback, until told to stop."""

from __future__ import annotations

import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import anyio
import anyio.lowlevel
import uvicorn

from provision.local.api.application import application
from provision.local.api.connection import Connection
from provision.local.world import World

HOST = "127.0.0.1"
BACKLOG = 512
IDLE_SECONDS = 24 * 3600
"""A connection stays open while nobody speaks: closing it could meet the next request half-way."""


def listen(port: int = 0) -> socket.socket:
    """
    Return a socket that listens on loopback; whoever connects from now on is served.

    Args:
        port: 0 for one that is free.

    Raises:
        OSError: The port is taken.
    """
    # Said to be TCP, or else the event loop leaves Nagle's algorithm on: 40 ms an answer.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        listener.listen(BACKLOG)
    except BaseException:
        listener.close()
        raise
    return listener


def url_of(listener: socket.socket) -> str:
    """Return the origin that *listener* serves."""
    host, port = listener.getsockname()
    return f"http://{host}:{port}"


def serve(world: World, token: str, listener: socket.socket) -> None:
    """
    Serve *world* to whoever knows *token*, until SIGTERM or SIGINT; call it in the main thread.

    One thread does it all: whatever does not wait is done in a millisecond or so, and a world
    belongs to one thread. What waits sleeps beside the others.
    """
    config = uvicorn.Config(
        application(world, token),
        http=Connection,
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="error",
        access_log=False,
        server_header=False,
        timeout_keep_alive=IDLE_SECONDS,
        backlog=BACKLOG,
    )
    anyio.run(_Server(config).serve, [listener])


class _Server(uvicorn.Server):
    """One that ends without ado: what waits is not waited for."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop at the signals that say so; having stopped is a good end."""
        numbers = (signal.SIGINT, signal.SIGTERM)
        before = {number: signal.signal(number, self.handle_exit) for number in numbers}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close every connection, and stop."""
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        await anyio.lowlevel.checkpoint()
        await super().shutdown(sockets)
