"""The connection under a request: it can be closed, or reset, in place of an answer."""

from __future__ import annotations

import socket
import struct
from collections.abc import MutableMapping
from typing import Any, Protocol

from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

_AT_ONCE = struct.pack("ii", 1, 0)
"""SO_LINGER: on, for no seconds; closing then sends a reset."""


class Transport(Protocol):
    """What lies under a connection, as the event loop has it."""

    def abort(self) -> None:
        """Close it at once."""

    def get_extra_info(self, name: str) -> Any:
        """Return what is under it in turn."""


class Connection(H11Protocol):
    """HTTP/1.1 as uvicorn speaks it; a request's ``state`` knows what it came over."""

    def connection_made(self, transport: Any) -> None:
        """Remember the connection for its requests."""
        self.app_state = {**self.app_state, "transport": transport}
        super().connection_made(transport)


class NoAnswer(Response):
    """
    The end of the connection, with not a byte of an answer.

    Args:
        reset: Whether the client sees a reset instead of an end.
    """

    def __init__(self, *, reset: bool) -> None:
        super().__init__()
        self._reset = reset

    async def __call__(self, scope: Scope, receive: Receive, _: Send) -> None:
        """End the connection, and wait until it has ended."""
        transport: Transport = _state(scope)["transport"]
        if self._reset:
            connection: socket.socket = transport.get_extra_info("socket")
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
        transport.abort()
        while (await receive())["type"] != "http.disconnect":
            pass


def _state(scope: Scope) -> MutableMapping[str, Any]:
    state: MutableMapping[str, Any] = scope["state"]
    return state
