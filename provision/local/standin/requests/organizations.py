"""Requests about organizations and the viewer."""

from __future__ import annotations

from provision.local.standin.api import Api
from provision.local.standin.failure import Failure, within
from provision.local.world import World, organizations
from provision.local.world.operations import Operation
from provision.local.world.organizations import Organization

VIEWER = "query { viewer { ... on User { id email enablePaidHobby } ... on Macaroon { email } } }"
LIST = (
    "query($admin: Boolean!) { organizations(admin: $admin) { nodes { id slug rawSlug name type "
    "paidPlan billable viewerRole internalNumericId } } }"
)
SHOW = (
    "query($slug: String!) { organization(slug: $slug) { id internalNumericId slug rawSlug name "
    "type billable } }"
)
DETAILS = (
    "query($slug: String!) { organizationdetails: organization(slug: $slug) { id slug rawSlug "
    "name type viewerRole internalNumericId remoteBuilderImage remoteBuilderApp { name } "
    "members { edges { cursor node { id name email } joinedAt role } } } }"
)
CREATE = (
    "mutation($input: CreateOrganizationInput!) { createOrganization(input: $input) "
    "{ organization { id name slug type viewerRole } } }"
)
DELETE = (
    "mutation($input: DeleteOrganizationInput!) { deleteOrganization(input: $input) "
    "{ clientMutationId deletedOrganizationId } }"
)

REPLAYS = "query($slug: String!) { organization(slug: $slug) { allowAllCrossNetworkReplays } }"
SET_REPLAYS = (
    "mutation($input: SetAllowAllCrossNetworkReplaysInput!) { setAllowAllCrossNetworkReplays"
    "(input: $input) { organization { id slug name allowAllCrossNetworkReplays } } }"
)


def viewer(api: Api) -> World:
    """Ask who the viewer is; the answer stands in the world's settings."""
    return api.graphql(Operation.VIEWER, VIEWER, lambda: api.world)


def list_(api: Api) -> tuple[Organization, ...]:
    """Return the viewer's organizations."""
    operation = Operation.ORGANIZATIONS_LIST
    return api.graphql(operation, LIST, lambda: organizations.list_(api.world))


def show(api: Api, slug: str, query: str = SHOW) -> Organization:
    """Return the organization *slug*."""
    operation = Operation.ORGANIZATIONS_SHOW
    return api.graphql(operation, query, lambda: organizations.show(api.world, slug))


def named(api: Api, slug: str) -> Organization:
    """Return the organization *slug*; a failure says which one it was about."""
    try:
        return show(api, slug)
    except Failure as failure:
        raise within(f"failed retrieving organization with slug {slug}", failure) from None


def create(api: Api, name: str) -> Organization:
    """Create an organization."""
    operation = Operation.ORGANIZATIONS_CREATE
    return api.graphql(operation, CREATE, lambda: organizations.create(api.world, name))


def delete(api: Api, organization: Organization) -> None:
    """Delete an organization."""
    operation = Operation.ORGANIZATIONS_DELETE
    api.graphql(operation, DELETE, lambda: organizations.delete(api.world, organization.id))


def replays_cross(api: Api, slug: str) -> bool:
    """Return whether apps of the organization *slug* may replay across its networks."""
    operation = Operation.REPLAYS_SHOW
    try:
        return api.graphql(operation, REPLAYS, lambda: organizations.replays_cross(api.world, slug))
    except Failure as failure:
        raise within("failed to get cross-network replay setting", failure) from None


def let_replays_cross(api: Api, slug: str, *, allow: bool) -> None:
    """Say whether apps of the organization *slug* may replay across its networks."""
    try:
        api.graphql(
            Operation.REPLAYS_SET,
            SET_REPLAYS,
            lambda: organizations.let_replays_cross(api.world, slug, allow=allow),
        )
    except Failure as failure:
        verb = "enable" if allow else "disable"
        raise within(f"failed to {verb} cross-network replays", failure) from None
