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
