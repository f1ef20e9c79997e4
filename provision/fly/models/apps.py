"""Apps and what they say of their organization."""

from __future__ import annotations

from attrs import frozen


@frozen
class AppOrganization:
    """What an app says of its organization."""

    slug: str
    name: str


@frozen
class App:
    """
    A name, unique across all of Fly, owned by an organization.

    Attributes:
        network: ``default`` for the organization's default network, which Fly spells "" here.
        status: ``pending`` until it was deployed.
    """

    id: str
    name: str
    status: str
    deployed: bool
    hostname: str
    organization: AppOrganization
    network: str
