"""TCP ports for services: free ones, and ones that are held until the program takes them."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager

from attrs import frozen


@frozen
class ListeningSocket:
    """
    A socket that listens already.

    Attributes:
        fd: For `Command.pass_fds`; tell the program its number.
        port: Nobody else can take it any more.
    """

    fd: int
    port: int


def free_port(host: str = "127.0.0.1") -> int:
    """A TCP port that is free now; by the time it is used another program may have taken it."""
    with socket.socket() as probing:
        probing.bind((host, 0))
        port: int = probing.getsockname()[1]
        return port


@contextmanager
def listening_socket(host: str = "127.0.0.1") -> Iterator[ListeningSocket]:
    """
    A socket for a program that can take over one that listens: no race for its port.

    It is inherited by commands that have its `fd` among their `pass_fds`, and closed here at
    the end of the block.
    """
    with socket.create_server((host, 0)) as listening:
        yield ListeningSocket(listening.fileno(), listening.getsockname()[1])
