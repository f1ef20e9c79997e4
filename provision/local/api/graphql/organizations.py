"""Organizations and the viewer in GraphQL."""

from __future__ import annotations

from provision.local.api.graphql.field import Arguments, Field, Object, only
from provision.local.world import World, organizations
from provision.local.world.operations import Operation
from provision.local.world.organizations import Organization
from provision.local.world.refusals import OrganizationNotFound


def user(world: World) -> Object:
    """Return the viewer."""
    return {
        "__typename": "User",
        "id": "u1",
        "name": "Dev",
        "email": world.setting("viewer_email"),
        "enablePaidHobby": bool(world.setting("viewer_hobby")),
    }


def organization(world: World, found: Organization) -> Object:
    """Return an organization."""
    return {
        "id": found.id,
        "internalNumericId": str(found.number),
        "slug": found.slug,
        "rawSlug": found.raw_slug,
        "name": found.name,
        "type": found.type.value,
        "paidPlan": found.paid_plan,
        "billable": found.billable,
        "viewerRole": found.viewer_role,
        "allowAllCrossNetworkReplays": lambda _: organizations.replays_cross(world, found.slug),
        "remoteBuilderImage": "",
        "remoteBuilderApp": None,
        "members": lambda _: {"edges": [_membership(world, found)]},
        "addOns": lambda _, **__: {"nodes": []},
    }


def identified(world: World, organization_id: str) -> Organization:
    """
    Return the organization of that id.

    Raises:
        OrganizationNotFound: There is none.
    """
    for found in organizations.list_(world):
        if found.id == organization_id:
            return found
    raise OrganizationNotFound


def _membership(world: World, found: Organization) -> Object:
    return {
        "cursor": "MQ",
        "node": user(world),
        "joinedAt": found.joined_at,
        "role": found.viewer_role.upper(),
    }


def _viewer(world: World, _: Arguments) -> Object:
    return user(world)


def _list(world: World, _: Arguments) -> Object:
    return {"nodes": [organization(world, each) for each in organizations.list_(world)]}


def _show(world: World, arguments: Arguments) -> Object:
    if arguments.get("id"):
        return organization(world, identified(world, arguments["id"]))
    return organization(world, organizations.show(world, arguments.get("slug") or ""))


def _create(world: World, arguments: Arguments) -> Object:
    created = organizations.create(world, arguments["input"]["name"])
    return {"organization": organization(world, created)}


def _delete(world: World, arguments: Arguments) -> Object:
    organization_id = arguments["input"]["organizationId"]
    organizations.delete(world, organization_id)
    return {"deletedOrganizationId": organization_id}


def _let_replays_cross(world: World, arguments: Arguments) -> Object:
    given = arguments["input"]
    slug, allow = given["organizationSlug"], given["allow"]
    said = organizations.let_replays_cross(world, slug, allow=allow)
    return {"organization": organization(world, said)}


QUERIES = (
    Field("viewer", Operation.VIEWER, _viewer),
    Field("organizations", Operation.ORGANIZATIONS_LIST, _list),
    Field(
        "organization",
        Operation.ORGANIZATIONS_SHOW,
        _show,
        special=(
            only(Operation.ADD_ONS_LIST, "addOns"),
            only(Operation.REPLAYS_SHOW, "allowAllCrossNetworkReplays"),
        ),
    ),
)
MUTATIONS = (
    Field("createOrganization", Operation.ORGANIZATIONS_CREATE, _create),
    Field("deleteOrganization", Operation.ORGANIZATIONS_DELETE, _delete),
    Field("setAllowAllCrossNetworkReplays", Operation.REPLAYS_SET, _let_replays_cross),
)
