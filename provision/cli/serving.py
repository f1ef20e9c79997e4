"""Serving the local Fly: the token, the folder of flyctl's files, and what is told on stdout."""

from __future__ import annotations

import json
import os
import secrets
import socket
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import click

from provision.cli.worlds import open_world
from provision.errors import PreconditionFailed
from provision.local.api.environment import UNSET, environment, shell, write_config_dir
from provision.local.api.server import listen, serve, url_of

TOKEN = "LOCAL_FLY_TOKEN"  # noqa: S105 - the name of a variable
"""The variable that says which token lets in; without it, one is made."""

PID = "LOCAL_FLY_PID"


def serve_until_stopped(path: Path, port: int, announce: Callable[[str, str, Path], None]) -> None:
    """
    Serve the world at *path*, made where there is none, until SIGTERM or SIGINT.

    Args:
        path: The world file.
        port: 0 for one that is free.
        announce: Told the URL, the token and a folder for flyctl's files; whoever it tells can
            connect at once.

    Raises:
        PreconditionFailed: *path* is something else, or the port is taken.
    """
    token = os.environ.get(TOKEN) or f"local-{secrets.token_hex(16)}"
    with (
        tempfile.TemporaryDirectory(prefix="local-fly-") as folder,
        open_world(path) as world,
        _listening(port) as listener,
    ):
        write_config_dir(Path(folder))
        url = url_of(listener)
        announce(url, token, Path(folder))
        click.echo(f"the local Fly is at {url}, its world in {path}; Ctrl-C stops it", err=True)
        serve(world, token, listener)


def _listening(port: int) -> socket.socket:
    try:
        return listen(port)
    except OSError as error:
        message = f"the local Fly cannot be served on port {port}: {error.strerror}"
        raise PreconditionFailed(
            message, "name another with --port, or none for a free one"
        ) from error


def announce_to_program(url: str, token: str, folder: Path) -> None:
    """Write one line of JSON; a token that was given is not told again."""
    variables = environment(url, token, folder)
    if os.environ.get(TOKEN):
        del variables["FLY_API_TOKEN"]
    line = {"url": url, "pid": os.getpid(), "environment": variables, "unset": UNSET}
    click.echo(json.dumps(line))


def announce_to_shell(url: str, token: str, folder: Path) -> None:
    """
    Write lines for a shell to evaluate, and let go of stdout: the shell reads to its end.

    A token that was given is not told again: the shell takes it from where it was given.
    """
    variables = {**environment(url, token, folder), PID: str(os.getpid())}
    if os.environ.get(TOKEN):
        del variables["FLY_API_TOKEN"]
        click.echo(f'export FLY_API_TOKEN="${TOKEN}"')
    click.echo(shell(variables), nl=False)
    sys.stdout.flush()
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
