"""GraphQL: the queries that flyctl sends, answered with the types that Go reads."""

from __future__ import annotations

import pytest

from provision.local.world import addresses, apps, machines, organizations, releases
from provision.local.world.addresses import AddressType

from .conftest import Served

CREATE = (
    "mutation($input: CreateOrganizationInput!) { createOrganization(input: $input) "
    "{ organization { id name slug type viewerRole } } }"
)
ALLOCATE = (
    "mutation($input: AllocateIPAddressInput!) { allocateIpAddress(input: $input) "
    "{ ipAddress { id address type region createdAt } app { sharedIpAddress } } }"
)


def test_the_viewer_is_a_user(served: Served) -> None:
    """A principal of two kinds, of which it is one."""
    query = (
        "query { viewer { ... on User { id email enablePaidHobby } ... on Macaroon { email } } }"
    )

    data = served.data(query)

    assert data == {"viewer": {"id": "u1", "email": "dev@example.com", "enablePaidHobby": False}}


def test_a_number_that_is_big_is_a_string(served: Served) -> None:
    """Go reads the number of an organization from a string, that of an app from a number."""
    query = '{ organization(slug: "personal") { internalNumericId slug rawSlug type billable } }'

    data = served.data(query)

    assert data["organization"] == {
        "internalNumericId": "1",
        "slug": "personal",
        "rawSlug": "dev-123",
        "type": "PERSONAL",
        "billable": True,
    }


def test_an_organization_is_created_shown_and_deleted(served: Served) -> None:
    """Under the slug that the server chooses, with the viewer as its admin."""
    created = served.data(CREATE, input={"name": "Rocket & Sons"})
    organization = created["createOrganization"]["organization"]
    show = (
        "query($slug: String!) { organizationdetails: organization(slug: $slug) { id name "
        "remoteBuilderApp { name } members { edges { cursor node { id name email } role } } } }"
    )
    delete = (
        "mutation($input: DeleteOrganizationInput!) { deleteOrganization(input: $input) "
        "{ clientMutationId deletedOrganizationId } }"
    )

    shown = served.data(show, slug=organization["slug"])["organizationdetails"]
    deleted = served.data(delete, input={"organizationId": organization["id"]})

    assert organization["slug"] == "rocket-sons"
    assert shown["members"]["edges"] == [
        {
            "cursor": "MQ",
            "node": {"id": "u1", "name": "Dev", "email": "dev@example.com"},
            "role": "ADMIN",
        }
    ]
    assert deleted["deleteOrganization"]["deletedOrganizationId"] == organization["id"]
    assert served.message(show, slug="rocket-sons") == "Could not find Organization"


def test_an_app_is_shown_with_all_that_belongs_to_it(served: Served, app: str) -> None:
    """In one query, as flyctl asks before it destroys an app."""
    query = (
        "query ($appName: String!) { app(name: $appName) { id internalNumericId name hostname "
        "deployed status version appUrl platformVersion currentRelease { evaluationId status "
        "inProgress version } config { definition } organization { id slug paidPlan } services "
        "{ description protocol internalPort ports { port handlers } } ipAddresses { nodes { id "
        "address type createdAt } } sharedIpAddress cnameTarget imageDetails { registry repository "
        "tag digest version } machines{ nodes { id name config state region createdAt app { name } "
        "ips { nodes { family kind ip maskSize } } host { id } } } postgresAppRole: role { name } "
        "} }"
    )
    with served.world as world:
        made, _ = machines.create(world, app, {"image": "web:1"}, region="fra", skip_launch=True)
        releases.create(world, app, definition={"app": app}, image_ref="web:1", strategy="ROLLING")
        number = apps.show(world, app).number

    shown = served.data(query, appName=app)["app"]

    [machine] = shown.pop("machines")["nodes"]
    assert (machine["id"], machine["app"], machine["region"]) == (made.id, {"name": app}, "fra")
    assert shown == {
        "id": app,
        "internalNumericId": number,
        "name": app,
        "hostname": f"{app}.fly.dev",
        "deployed": False,
        "status": "pending",
        "version": 1,
        "appUrl": f"https://{app}.fly.dev",
        "platformVersion": "machines",
        "currentRelease": {
            "evaluationId": "",
            "status": "pending",
            "inProgress": True,
            "version": 1,
        },
        "config": None,
        "organization": {"id": "ORG000001", "slug": "personal", "paidPlan": True},
        "services": [],
        "ipAddresses": {"nodes": []},
        "sharedIpAddress": "",
        "cnameTarget": "",
        "imageDetails": None,
        "postgresAppRole": None,
    }


def test_variables_that_are_not_declared_are_passed_over(served: Served, app: str) -> None:
    """flyctl sends the status of the releases it wants along, and does not ask for it."""
    definition = {"app": app, "env": {"A": "1"}}
    query = (
        "query($appName: String!, $limit: Int!) { app(name: $appName) { releases: "
        "releasesUnprocessed(first: $limit) { nodes { version status configDefinition user "
        "{ email } } } } }"
    )
    with served.world as world:
        for _ in range(2):
            releases.create(
                world, app, definition=definition, image_ref="web:1", strategy="ROLLING"
            )

    data = served.data(query, appName=app, limit=1, status="complete")

    assert data["app"]["releases"]["nodes"] == [
        {
            "version": 2,
            "status": "pending",
            "configDefinition": definition,
            "user": {"email": "dev@example.com"},
        }
    ]


def test_an_app_without_releases_has_no_current_one(served: Served, app: str) -> None:
    """Here null is right: flyctl then asks the machines."""
    query = f'{{ app(name: "{app}") {{ currentReleaseUnprocessed {{ configDefinition }} }} }}'

    assert served.data(query) == {"app": {"currentReleaseUnprocessed": None}}


def test_apps_are_listed_by_the_page(served: Served) -> None:
    """Of one organization, from the cursor on."""
    query = (
        'query($org: ID, $after: String) { apps(type: "container", first: 2, after: $after, '
        "organizationId: $org) { pageInfo { hasNextPage endCursor } nodes { name network } } }"
    )
    with served.world as world:
        owner = organizations.create(world, "Pages")
        for name in ("page-1", "page-2", "page-3"):
            apps.create(world, name, organization=owner.slug, network="blue")

    first = served.data(query, org=owner.id, after="")["apps"]
    second = served.data(query, org=owner.id, after=first["pageInfo"]["endCursor"])["apps"]

    assert first["nodes"][0] == {"name": "page-1", "network": "blue"}
    assert (len(first["nodes"]), first["pageInfo"]["hasNextPage"]) == (2, True)
    assert [each["name"] for each in second["nodes"]] == ["page-3"]
    assert second["pageInfo"]["hasNextPage"] is False


def test_a_flycast_address_is_reached_from_the_network_that_is_named(served: Served) -> None:
    """In the organization whose id is given; what is allocated can be listed and released."""
    with served.world as world:
        owner = organizations.create(world, "Flycast")
        apps.create(world, "flycast-web", organization=owner.slug, network="blue")
    given = {"appId": "flycast-web", "type": "private_v6", "region": ""}
    query = (
        'query { app(name: "flycast-web") { ipAddresses { nodes { address type region network '
        "{ name organization { slug } } serviceName } } sharedIpAddress } }"
    )

    allocated = served.data(
        ALLOCATE, input={**given, "organizationId": owner.id, "network": "blue"}
    )
    address = allocated["allocateIpAddress"]["ipAddress"]
    listed = served.data(query)["app"]["ipAddresses"]["nodes"]

    assert address["address"].startswith("fdaa:")
    assert listed == [
        {
            "address": address["address"],
            "type": "private_v6",
            "region": "global",
            "network": {"name": "blue", "organization": {"slug": owner.slug}},
            "serviceName": "",
        }
    ]


def test_the_shared_address_stands_beside_the_others(served: Served, app: str) -> None:
    """It is not in the list, and the answer that gives it has no address but the app's."""
    query = f'{{ app(name: "{app}") {{ ipAddresses {{ nodes {{ id }} }} sharedIpAddress }} }}'

    allocated = served.data(ALLOCATE, input={"appId": app, "type": "shared_v4"})
    payload = allocated["allocateIpAddress"]

    assert payload["ipAddress"] is None
    assert served.data(query)["app"] == {"ipAddresses": {"nodes": []}, **payload["app"]}


@pytest.mark.parametrize("by", ["ip", "ipAddressId"])
def test_an_address_is_released_by_itself_or_by_its_id(served: Served, app: str, by: str) -> None:
    """flyctl gives one of them, and null for the other."""
    with served.world as world:
        found = addresses.allocate(world, app, AddressType.V6)
    given = {"appId": app, "ip": None, "ipAddressId": None}
    given[by] = found.address if by == "ip" else found.id
    query = (
        "mutation($input: ReleaseIPAddressInput!) { releaseIpAddress(input: $input) "
        "{ clientMutationId } }"
    )

    served.data(query, input=given)

    with served.world as world:
        assert addresses.list_(world, app) == ()


def test_an_image_is_found_by_its_reference(served: Served, app: str) -> None:
    """Its size is a big number; an image that is not there is null."""
    query = (
        "query ($appName: String!, $imageRef: String!) { app(name: $appName) { id image(ref: "
        "$imageRef) { id digest ref compressedSize: compressedSizeFull manifest } } }"
    )

    found = served.data(query, appName=app, imageRef="nginx:1")["app"]["image"]
    missing = served.data(query, appName=app, imageRef="nginx:missing")["app"]["image"]

    assert found["compressedSize"] == "12345678"
    assert found["ref"] == f"registry.example.net/library/nginx:1@{found['digest']}"
    assert missing is None


def test_a_machine_is_found_by_its_id_alone(served: Served, app: str) -> None:
    """With the app and the organization it belongs to."""
    query = (
        "query ($machineId: String!) { gqlmachine:machine(machineId: $machineId) { id name app "
        "{ name organization { id slug } } } }"
    )
    with served.world as world:
        made, _ = machines.create(world, app, {"image": "web:1"}, region="fra", skip_launch=True)

    found = served.data(query, machineId=made.id)["gqlmachine"]

    owner = {"name": app, "organization": {"id": "ORG000001", "slug": "personal"}}
    assert found == {"id": made.id, "name": made.name, "app": owner}
    assert served.message(query, machineId="none") == "machine not found"
