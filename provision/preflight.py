"""What must be so before the first look at Fly: a flyctl that answers, a token that may do it."""

from __future__ import annotations

from attrs import frozen

from procman import CommandNotStarted, Context, Workflow
from provision.credentials import is_macaroon
from provision.curl import Curl, CurlMissing
from provision.errors import PreconditionFailed
from provision.fly import auth, orgs, tokens, version
from provision.fly.errors import NotAuthenticated
from provision.fly.models import FlyctlVersion, Identity, limit_of
from provision.flyctl import FlyctlMissing, doubts
from provision.session import Session

ADMIN = "admin"
"""The role of those who may delete an organization."""


class TokenRefused(PreconditionFailed):
    """Raised when Fly does not take the token that the run was to begin with."""


class TokenLimited(PreconditionFailed):
    """Raised when the token itself says that it may not do what a run does."""

    def __init__(self, limit: str) -> None:
        super().__init__(
            f"the token {limit}, and a run changes the organization and apps in it; "
            "nothing was changed",
            "use a token of the organization: fly tokens create org; one that may only read is "
            "good enough for provision verify",
        )


class NotAdmin(PreconditionFailed):
    """Raised when the organization is to be deleted by somebody who may not."""

    def __init__(self, slug: str, role: str | None) -> None:
        super().__init__(
            f"organization {slug} can be deleted by an {ADMIN} only, the token is of a "
            f"{role or 'user of unknown role'}; nothing was destroyed",
            f"use a token of an {ADMIN}, or keep the organization: --keep-org",
        )


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


def preflight(session: Session, *, changes: bool = False, deletes_org: bool = False) -> Workflow:
    """
    One job, ``preflight``, whose result is a `Preflight`.

    It raises what must be put right outside: `FlyctlMissing`, `FlyctlUnchecked`, `TokenRefused`,
    `TokenLimited` if the run *changes* anything, `CurlMissing`, `CurlUnfit`, and `NotAdmin` if it
    *deletes_org*; and `FlyError` or `StepError` where flyctl or curl gives no answer that can be
    read.
    """
    allowed = session.platform.manifest.tool.flyctl

    async def look(context: Context) -> Preflight:
        try:
            flyctl = await context.run(version.show(session.fly))
        except CommandNotStarted as error:
            raise FlyctlMissing(error.reason) from error
        found = doubts(flyctl, allowed, session.trust)
        if session.curl is not None:
            await _see_that_it_is_fit(context, session.curl)
        try:
            identity = await context.run(auth.whoami(session.fly))
        except NotAuthenticated as error:
            raise TokenRefused(str(error), error.hint) from error
        if changes:
            await _see_that_the_token_may(context, session)
        if deletes_org:
            await _see_that_it_may(context, session)
        return Preflight(flyctl, identity, found)

    workflow = Workflow("preflight")
    workflow.job(look, name="preflight")
    return workflow


async def _see_that_it_is_fit(context: Context, curl: Curl) -> None:
    """See that *curl* is one to probe apps with."""
    try:
        await context.run(curl.version())
    except CommandNotStarted as error:
        raise CurlMissing(error.reason) from error


async def _see_that_the_token_may(context: Context, session: Session) -> None:
    """See that the token, as far as it says, may change things: others show when they are used."""
    if not is_macaroon(session.fly.token.value):
        return
    if limit := limit_of(await context.run(tokens.debug(session.fly))):
        raise TokenLimited(limit)


async def _see_that_it_may(context: Context, session: Session) -> None:
    """See that the organization, if there is one, may be deleted: its apps go before it does."""
    slug = session.platform.manifest.org.slug
    if slug not in await context.run(orgs.list_(session.fly)):
        return
    found = await context.run(orgs.show(session.fly, slug))
    if found.viewer_role != ADMIN:
        raise NotAdmin(slug, found.viewer_role)
