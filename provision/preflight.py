"""What must be so before the first look at Fly: a flyctl that answers, a token that is good."""

from __future__ import annotations

from attrs import frozen

from procman import CommandNotStarted, Context, Workflow
from provision.errors import PreconditionFailed
from provision.fly import auth, version
from provision.fly.errors import NotAuthenticated
from provision.fly.models import FlyctlVersion, Identity
from provision.flyctl import FlyctlMissing, doubts
from provision.session import Session


class TokenRefused(PreconditionFailed):
    """Raised when Fly does not take the token that the run was to begin with."""


@frozen
class Preflight:
    """
    What was found.

    Attributes:
        doubts: What speaks against this flyctl, which is used all the same.
    """

    flyctl: FlyctlVersion
    identity: Identity
    doubts: tuple[str, ...] = ()


def preflight(session: Session) -> Workflow:
    """
    One job, ``preflight``, whose result is a `Preflight`.

    It raises what must be put right outside: `FlyctlMissing`, `FlyctlUnchecked`, `TokenRefused`;
    and `FlyError` or `StepError` where flyctl gives no answer that can be read.
    """
    allowed = session.platform.manifest.tool.flyctl

    async def look(context: Context) -> Preflight:
        try:
            flyctl = await context.run(version.show(session.fly))
        except CommandNotStarted as error:
            raise FlyctlMissing(error.reason) from error
        found = doubts(flyctl, allowed, session.trust)
        try:
            identity = await context.run(auth.whoami(session.fly))
        except NotAuthenticated as error:
            raise TokenRefused(str(error), error.hint) from error
        return Preflight(flyctl, identity, found)

    workflow = Workflow("preflight")
    workflow.job(look, name="preflight")
    return workflow
