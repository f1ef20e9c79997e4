"""GraphQL: the queries that flyctl sends, answered with the types that Go reads."""

from __future__ import annotations

import http.client
from typing import Any

import pytest

from provision.local.world import addresses, apps, faults, machines, organizations, releases
from provision.local.world.addresses import AddressType
from provision.local.world.faults import Fault, Kind
from provision.local.world.operations import Operation
from provision.local.world.requests import Outcome, count, list_

from .conftest import Answered, Served

UNKNOWN = 'Could not find App "nobody"'
CREATE = (
    "mutation($input: CreateOrganizationInput!) { createOrganization(input: $input) "
    "{ organization { id name slug type viewerRole } } }"
)
ALLOCATE = (
    "mutation($input: AllocateIPAddressInput!) { allocateIpAddress(input: $input) "
    "{ ipAddress { id address type region createdAt } app { sharedIpAddress } } }"
)


def _post(served: Served, query: str, **variables: object) -> Answered:
    return served.ask("POST /graphql", {"query": query, "variables": variables})


def _data(served: Served, query: str, **variables: object) -> Any:
    answered = _post(served, query, **variables)
    assert (answered.status, answered.body.get("errors")) == (200, None)
    return answered.body["data"]


def _message(served: Served, query: str, **variables: object) -> str:
    answered = _post(served, query, **variables)
    assert answered.status == 200
    message: str = answered.body["errors"][0]["message"]
    return message


def _asked_for(served: Served, query: str, **variables: object) -> list[str]:
    with served.world as world:
        before = count(world)
        _post(served, query, **variables)
        return [each.operation.value for each in list_(world, after=before)]


def test_the_viewer_is_a_user(served: Served) -> None:
    """A principal of two kinds, of which it is one."""
    query = (
        "query { viewer { ... on User { id email enablePaidHobby } ... on Macaroon { email } } }"
    )

    data = _data(served, query)

    assert data == {"viewer": {"id": "u1", "email": "dev@example.com", "enablePaidHobby": False}}


def test_a_number_that_is_big_is_a_string(served: Served) -> None:
    """Go reads the number of an organization from a string, that of an app from a number."""
    query = '{ organization(slug: "personal") { internalNumericId slug rawSlug type billable } }'

    data = _data(served, query)

    assert data["organization"] == {
        "internalNumericId": "1",
        "slug": "personal",
        "rawSlug": "dev-123",
        "type": "PERSONAL",
        "billable": True,
    }


def test_an_organization_is_created_shown_and_deleted(served: Served) -> None:
    """Under the slug that the server chooses, with the viewer as its admin."""
    created = _data(served, CREATE, input={"name": "Rocket & Sons"})
    organization = created["createOrganization"]["organization"]
    show = (
        "query($slug: String!) { organizationdetails: organization(slug: $slug) { id name "
        "remoteBuilderApp { name } members { edges { cursor node { id name email } role } } } }"
    )
    delete = (
        "mutation($input: DeleteOrganizationInput!) { deleteOrganization(input: $input) "
        "{ clientMutationId deletedOrganizationId } }"
    )

    shown = _data(served, show, slug=organization["slug"])["organizationdetails"]
    deleted = _data(served, delete, input={"organizationId": organization["id"]})

    assert organization["slug"] == "rocket-sons"
    assert shown["members"]["edges"] == [
        {
            "cursor": "MQ",
            "node": {"id": "u1", "name": "Dev", "email": "dev@example.com"},
            "role": "ADMIN",
        }
    ]
    assert deleted["deleteOrganization"]["deletedOrganizationId"] == organization["id"]
    assert _message(served, show, slug="rocket-sons") == "Could not find Organization"


@pytest.mark.parametrize(
    "query",
    [
        '{ app(name: "nobody") { id } }',
        '{ appcompact: app(name: "nobody") { ipAddresses { nodes { id } } } }',
        '{ canPerformBluegreenDeployment(name: "nobody") }',
        'mutation { releaseIpAddress(input: {appId: "nobody", ip: "::1"}) { clientMutationId } }',
    ],
)
def test_what_is_not_there_is_an_error(served: Served, query: str) -> None:
    """Never null: flyctl would go on with an app that has no name."""
    answered = _post(served, query)

    [error] = answered.body["errors"]
    assert answered.status == 200
    assert (error["message"], error["extensions"]) == (UNKNOWN, {"code": "NOT_FOUND"})


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

    shown = _data(served, query, appName=app)["app"]

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

    data = _data(served, query, appName=app, limit=1, status="complete")

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

    assert _data(served, query) == {"app": {"currentReleaseUnprocessed": None}}


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

    first = _data(served, query, org=owner.id, after="")["apps"]
    second = _data(served, query, org=owner.id, after=first["pageInfo"]["endCursor"])["apps"]

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

    allocated = _data(
        served, ALLOCATE, input={**given, "organizationId": owner.id, "network": "blue"}
    )
    address = allocated["allocateIpAddress"]["ipAddress"]
    listed = _data(served, query)["app"]["ipAddresses"]["nodes"]

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

    allocated = _data(served, ALLOCATE, input={"appId": app, "type": "shared_v4"})
    payload = allocated["allocateIpAddress"]

    assert payload["ipAddress"] is None
    assert _data(served, query)["app"] == {"ipAddresses": {"nodes": []}, **payload["app"]}


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

    _data(served, query, input=given)

    with served.world as world:
        assert addresses.list_(world, app) == ()


def test_an_image_is_found_by_its_reference(served: Served, app: str) -> None:
    """Its size is a big number; an image that is not there is null."""
    query = (
        "query ($appName: String!, $imageRef: String!) { app(name: $appName) { id image(ref: "
        "$imageRef) { id digest ref compressedSize: compressedSizeFull manifest } } }"
    )

    found = _data(served, query, appName=app, imageRef="nginx:1")["app"]["image"]
    missing = _data(served, query, appName=app, imageRef="nginx:missing")["app"]["image"]

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

    found = _data(served, query, machineId=made.id)["gqlmachine"]

    owner = {"name": app, "organization": {"id": "ORG000001", "slug": "personal"}}
    assert found == {"id": made.id, "name": made.name, "app": owner}
    assert _message(served, query, machineId="none") == "machine not found"


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ('{ latestImageDetails(image: "web:1") { tag } }', "Unknown repository web:1"),
        (
            "mutation { validateWireGuardPeers(input: {peerIps: []}) { validPeerIps } }",
            "the local Fly has no WireGuard",
        ),
    ],
)
def test_some_answers_are_errors_although_all_went_well(
    served: Served, query: str, message: str
) -> None:
    """flyctl passes over the one, and does without the other."""
    with served.world as world:
        before = count(world)

        assert _message(served, query) == message
        assert [each.outcome for each in list_(world, after=before)] == [Outcome.DONE]


@pytest.mark.parametrize(
    ("fields", "operation"),
    [
        ("ipAddresses { nodes { id } } sharedIpAddress", Operation.ADDRESSES_LIST),
        ("egressIpAddresses { nodes { id } }", Operation.EGRESS_LIST),
        ("currentRelease: currentReleaseUnprocessed { version }", Operation.RELEASES_CURRENT),
        ("releases: releasesUnprocessed(first: 1) { nodes { id } }", Operation.RELEASES_LIST),
        ('id image(ref: "a") { id }', Operation.IMAGES_RESOLVE),
        ("id ipAddresses { nodes { id } }", Operation.APPS_SHOW),
        ("... on App { egressIpAddresses { nodes { id } } }", Operation.EGRESS_LIST),
    ],
)
def test_what_is_selected_says_which_operation_it_is(
    served: Served, app: str, fields: str, operation: Operation
) -> None:
    """So that a fault strikes the same request of flyctl here and in the stand-in."""
    assert _asked_for(served, f'{{ app(name: "{app}") {{ {fields} }} }}') == [operation.value]


def test_add_ons_are_an_operation_of_their_own(served: Served) -> None:
    """Though they are asked of an organization."""
    query = (
        "query ListOrganizationAddOns($orgSlug: String!, $addOnType: AddOnType) { organization("
        "slug: $orgSlug) { addOns(type: $addOnType) { nodes { id } } } }"
    )

    variables = {"orgSlug": "personal", "addOnType": "tigris"}
    assert _data(served, query, **variables) == {"organization": {"addOns": {"nodes": []}}}
    assert _asked_for(served, query, **variables) == [Operation.ADD_ONS_LIST.value]


def test_the_wrong_token_is_refused_with_a_status(served: Served) -> None:
    """As it is before a query was read."""
    answered = served.ask(
        "POST /graphql", {"query": "{ viewer { email } }"}, authorization="Bearer wrong"
    )

    [error] = answered.body["errors"]
    assert answered.status == 401
    assert error["extensions"] == {"code": "UNAUTHORIZED"}


def test_a_fault_answers_with_its_status(served: Served) -> None:
    """flyctl tells the status, and not what the body says."""
    fault = Fault(Operation.VIEWER.value, Kind.REFUSE, 500, "on fire", times=1)
    with served.world as world:
        faults.inject(world, fault)

    assert _post(served, "{ viewer { email } }").status == 500


def test_a_fault_after_the_effect_leaves_it_done(served: Served, app: str) -> None:
    """And drops the connection: nobody knows."""
    fault = Fault(Operation.ADDRESSES_ALLOCATE.value, Kind.DROP_AFTER, app=app)
    with served.world as world:
        faults.inject(world, fault)

        with pytest.raises(http.client.RemoteDisconnected):
            _post(served, ALLOCATE, input={"appId": app, "type": "v6"})
        assert len(addresses.list_(world, app)) == 1
