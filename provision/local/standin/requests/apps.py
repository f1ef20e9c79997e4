"""Requests about apps."""

from __future__ import annotations

from provision.local.standin.api import Api
from provision.local.world import apps
from provision.local.world.apps import App
from provision.local.world.operations import Operation
from provision.local.world.organizations import Organization

LIST = (
    'query($org: ID, $after: String) { apps(type: "container", first: 200, after: $after, '
    "organizationId: $org) { pageInfo { hasNextPage endCursor } nodes { id name deployed hostname "
    "platformVersion network organization { slug name } currentRelease { createdAt status } "
    "status } } }"
)
FULL = (
    "query ($appName: String!) { app(name: $appName) { id internalNumericId name hostname "
    "deployed status version appUrl platformVersion currentRelease { evaluationId status "
    "inProgress version } config { definition } organization { id slug paidPlan } services { "
    "description protocol internalPort ports { port handlers } } ipAddresses { nodes { id address "
    "type createdAt } } sharedIpAddress cnameTarget imageDetails { registry repository tag digest "
    "version } machines{ nodes { id name config state region createdAt app { name } ips { nodes { "
    "family kind ip maskSize } } host { id } } } postgresAppRole: role { name } } }"
)
COMPACT = (
    "query ($appName: String!) { appcompact:app(name: $appName) { id internalNumericId name "
    "hostname cnameTarget deployed network status appUrl platformVersion organization { id "
    "internalNumericId slug paidPlan } postgresAppRole: role { name } } }"
)
BASIC = (
    "query ($appName: String!) { appbasic:app(name: $appName) { id name platformVersion "
    "organization { id internalNumericId slug rawSlug paidPlan } } }"
)
ADD_ONS = (
    "query ListOrganizationAddOns ($orgSlug: String!, $addOnType: AddOnType) { organization(slug: "
    "$orgSlug) { addOns(type: $addOnType) { nodes { id name } } } }"
)


def list_(api: Api, organization: Organization | None) -> tuple[App, ...]:
    """Return the apps of one or of all organizations."""
    return api.graphql(Operation.APPS_LIST, LIST, lambda: apps.list_(api.world, organization))


def query(api: Api, name: str, text: str) -> App:
    """Return the app *name*, asking GraphQL with *text*."""
    return api.graphql(Operation.APPS_SHOW, text, lambda: apps.show(api.world, name), app=name)


def get(api: Api, name: str) -> App:
    """Return the app *name*, asking the Machines API."""
    request = f"GET /v1/apps/{name}"
    return api.flaps(Operation.APPS_SHOW, request, lambda: apps.show(api.world, name), app=name)


def create(api: Api, name: str, organization: Organization, network: str) -> App:
    """Create an app."""
    slug = organization.slug
    return api.flaps(
        Operation.APPS_CREATE,
        "POST /v1/apps?wait=true",
        lambda: apps.create(api.world, name, organization=slug, network=network),
        app=name,
    )


def delete(api: Api, name: str) -> None:
    """Delete an app."""
    request = f"DELETE /v1/apps/{name}"
    api.flaps(Operation.APPS_DELETE, request, lambda: apps.delete(api.world, name), app=name)


def add_ons(api: Api, organization: Organization) -> None:
    """Ask which add-ons an organization has; the local Fly has none."""
    api.graphql(Operation.ADD_ONS_LIST, ADD_ONS, lambda: organization)
