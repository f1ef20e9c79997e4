"""Whether an organization lets its apps replay requests across its networks, where they are to."""

from __future__ import annotations

from procman import Context
from provision.errors import Refused
from provision.fly import orgs
from provision.manifest import CrossNetworkReplay
from provision.session import Session


def allowing(slug: str) -> str:
    """The command that allows them in the organization *slug*, for a person."""
    return f"fly orgs cross-network-replays enable --org {slug}"


class ReplaysNotAllowed(Refused):
    """Raised when apps are to replay across networks and their organization does not let them."""

    def __init__(self, slug: str) -> None:
        super().__init__(
            f"organization {slug} does not allow replays across networks, which the manifest "
            "requires (network.cross_network_replay); no app was touched",
            "the setting is that of all apps in the organization, so it is never changed for you: "
            + allowing(slug),
        )


async def replays_cross(context: Context, session: Session) -> bool | None:
    """Whether replays across networks are allowed; None where the manifest does not require it."""
    platform = session.platform.manifest
    if platform.network.cross_network_replay is not CrossNetworkReplay.REQUIRED:
        return None
    setting = await context.run(orgs.replays(session.fly, platform.org.slug))
    return setting.allow_all_cross_network_replays


async def see_that_replays_cross(context: Context, session: Session) -> None:
    """
    See that replays across networks are allowed where the manifest requires it.

    Raises:
        ReplaysNotAllowed: they are not.
        FlyError, StepError: nobody says; flyctl may be too old to know of it.
    """
    if await replays_cross(context, session) is False:
        raise ReplaysNotAllowed(session.platform.manifest.org.slug)
