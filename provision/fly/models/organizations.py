"""Who owns apps."""

from __future__ import annotations

from attrs import frozen


@frozen
class Organization:
    """
    Owns apps, networks and bills.

    Attributes:
        slug: Its identity; chosen by Fly, not by us.
        viewer_role: ``admin`` or ``member``; None where the command does not say.
    """

    id: str
    slug: str
    name: str
    type: str
    viewer_role: str | None = None


@frozen
class ReplaySetting:
    """
    What an organization lets its apps do with requests.

    Attributes:
        allow_all_cross_network_replays: Whether an app may replay them to one on another of the
            organization's networks.
    """

    allow_all_cross_network_replays: bool
