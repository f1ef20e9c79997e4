"""The local Fly for a real flyctl: served beside a run, and gone with it."""

from __future__ import annotations

import json
import os
import secrets
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from procman import (
    Command,
    Event,
    Line,
    OnDeath,
    OutputLines,
    Secret,
    Service,
    ServiceFailed,
    run_service,
)
from provision import doctor
from provision.errors import PreconditionFailed

TOKEN = "LOCAL_FLY_TOKEN"  # noqa: S105 - the name of a variable
"""The variable in which the server looks for the token that lets in."""


def new_token() -> Secret:
    """A token for one run: nobody else on this machine is let in."""
    return Secret(f"local-{secrets.token_hex(16)}")


@asynccontextmanager
async def served(
    world: Path, token: Secret, held: tuple[int, ...]
) -> AsyncIterator[Mapping[str, str]]:
    """
    The local Fly, served on loopback within the block.

    Args:
        world: Its world file.
        token: What lets a flyctl in.
        held: File descriptors that it keeps open as long as it may still act.

    Returns:
        What points a flyctl at it, and keeps it from everywhere else.

    Raises:
        PreconditionFailed: the packages of the extra ``local`` are not installed, or the server
            did not start.
    """
    if missing := doctor.missing_packages():
        message = f"a real flyctl needs a local Fly that is served; missing: {', '.join(missing)}"
        raise PreconditionFailed(message, doctor.INSTALL_EXTRA)
    announced = _Announcement()
    try:
        async with run_service(_service(world, token, held), hooks=[announced]):
            yield announced.told()
    except ServiceFailed as error:
        raise PreconditionFailed(f"the local Fly cannot be served: {error}") from error


def _service(world: Path, token: Secret, held: tuple[int, ...]) -> Service:
    """It chooses its port, listens, and only then says where: nobody connects too early."""
    program = ("-P", "-m", "provision", "local", "serve", "--world", str(world.absolute()))
    path = {name: os.environ[name] for name in ("PYTHONPATH",) if name in os.environ}
    command = Command(
        (sys.executable, *program), env={**path, TOKEN: token}, inherit_env=False, pass_fds=held
    )
    # A run goes on without it: what flyctl then says is part of the report.
    return Service(
        "local-fly", command, ready=Line(_URL, "stdout"), on_death=OnDeath.TELL, live=True
    )


_URL = '"url": '


class _Announcement:
    """Hears from the server where it is."""

    def __init__(self) -> None:
        self._variables: Mapping[str, str] | None = None

    def __call__(self, event: Event) -> None:
        if isinstance(event, OutputLines) and event.stream == "stdout":
            for line in event.lines:
                if _URL in line:
                    self._variables = json.loads(line)["environment"]

    def told(self) -> Mapping[str, str]:
        """
        What it said; never nothing, which would lead a flyctl to Fly.io.

        Raises:
            PreconditionFailed: it did not say.
        """
        if self._variables is None or not self._variables.keys() >= _ADDRESSES:
            raise PreconditionFailed("the local Fly does not say where it is")
        return self._variables


_ADDRESSES = {"FLY_API_BASE_URL", "FLY_FLAPS_BASE_URL", "FLY_UIEX_BASE_URL"}
