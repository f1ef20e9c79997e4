"""What must be so before the first look at Fly: a flyctl that answers, a token that is good."""

from __future__ import annotations

import shutil
from pathlib import Path

from attrs import frozen

from procman import CommandNotStarted, Context, Workflow
from provision.errors import PreconditionFailed
from provision.fly import auth, version
from provision.fly.client import Fly
from provision.fly.models import FlyctlVersion, Identity

INSTALL = "install flyctl (https://fly.io/docs/flyctl/install), or name one with --flyctl PATH"


@frozen
class Preflight:
    """What was found."""

    flyctl: FlyctlVersion
    identity: Identity


class FlyctlMissing(PreconditionFailed):
    """Raised when there is no flyctl."""

    def __init__(self, said: str) -> None:
        super().__init__(f"flyctl cannot be run: {said}", INSTALL)


def find_flyctl(named: str | None, path: str | None) -> str:
    """
    The flyctl to call: the one that was *named*, else ``fly`` or ``flyctl`` on *path*.

    Raises:
        FlyctlMissing: there is none.
    """
    candidates = [named] if named else ["fly", "flyctl"]
    for candidate in candidates:
        if found := shutil.which(candidate, path=path):
            return str(Path(found).absolute())
    raise FlyctlMissing(f"no {' or '.join(candidates)} on PATH")


def preflight(fly: Fly) -> Workflow:
    """One job, ``preflight``, whose result is a `Preflight`."""

    async def look(context: Context) -> Preflight:
        try:
            flyctl = await context.run(version.show(fly))
        except CommandNotStarted as error:
            raise FlyctlMissing(error.reason) from error
        return Preflight(flyctl, await context.run(auth.whoami(fly)))

    workflow = Workflow("preflight")
    workflow.job(look, name="preflight")
    return workflow
