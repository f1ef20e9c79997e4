"""Addresses of apps."""

from __future__ import annotations

import enum

from attrs import frozen

from provision.fly.models.unknown import Unknown


class IPType(enum.Enum):
    """Kinds of addresses."""

    V4 = "v4"
    V6 = "v6"
    SHARED_V4 = "shared_v4"
    PRIVATE_V6 = "private_v6"
    EGRESS_V4 = "egress_v4"
    EGRESS_V6 = "egress_v6"

    @property
    def is_public(self) -> bool:
        """Whether the whole internet reaches it."""
        return self in (IPType.V4, IPType.V6, IPType.SHARED_V4)


@frozen
class IPNetwork:
    """The network a private address can be reached from."""

    name: str
    organization: AppOrganizationSlug | None = None


@frozen
class AppOrganizationSlug:
    """An organization by its slug alone."""

    slug: str


@frozen
class IPAddress:
    """
    An address of an app.

    Attributes:
        id: "" for a shared IPv4, which is nobody's own.
        network: Where a private one can be reached from; None for the others.
    """

    id: str
    address: str
    type: IPType | Unknown
    region: str
    network: IPNetwork | None = None

    @property
    def from_network(self) -> str | None:
        """The network it can be reached from; ``default`` for the default one."""
        return None if self.network is None else self.network.name or "default"
