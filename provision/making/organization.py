"""The organization: there, once, under its slug, and open to the token."""

from __future__ import annotations

from functools import partial

from procman import Context
from provision.errors import PreconditionFailed, Refused
from provision.fly import orgs
from provision.fly.errors import NotFound
from provision.making.converge import converge
from provision.plan import org_changes
from provision.session import Session
from provision.verification.replays import see_that_replays_cross


class OrgHidden(PreconditionFailed):
    """Raised when the token sees that there is an organization, and not what is in it."""


async def ensure_org(context: Context, session: Session) -> None:
    """
    See that the organization is there, once, under the slug that is expected, and ours.

    Raises:
        Refused: creating it made several, its name belongs to another slug, or it does not let
            its apps replay across networks.
        PreconditionFailed: it is missing and may not be created, or the token sees no more of
            it than its name (`OrgHidden`).
        NotVisible, FlyError, StepError: it could not be created, or nothing could be read.
    """
    decide = partial(org_changes, session)
    found = await converge(context, orgs.list_(session.fly), decide, session.settle)
    name = session.platform.manifest.org.name
    slugs = sorted(slug for slug, each in found.seen.items() if each == name)
    if found.changes and len(slugs) > 1:
        raise Refused(
            f"creating the organization {name!r} made several: {', '.join(slugs)}",
            "Fly may act twice on one request: delete what is too many, then run again",
        )
    await see_into_org(context, session)


async def see_into_org(context: Context, session: Session) -> None:
    """
    See that the organization, which is there, can be seen into, and lets apps do what they are to.

    Raises:
        OrgHidden: the token sees nothing of it.
        ReplaysNotAllowed: it does not let its apps replay across networks.
        FlyError, StepError: nothing could be read.
    """
    slug = session.platform.manifest.org.slug
    try:
        await context.run(orgs.show(session.fly, slug))
    except NotFound as error:
        # To such a token every app of it is missing: all of them would be created.
        message = f"the token sees the name of organization {slug}, and nothing of it"
        raise OrgHidden(message, "use a token of this organization") from error
    await see_that_replays_cross(context, session)
