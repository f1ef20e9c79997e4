"""GraphQL behind the door: which operation a query is, its errors, its faults."""

from __future__ import annotations

import http.client

import pytest

from provision.local.world import addresses, faults
from provision.local.world.faults import Fault, Kind
from provision.local.world.operations import Operation
from provision.local.world.requests import Outcome, count, list_

from .conftest import Served

UNKNOWN = 'Could not find App "nobody"'
ALLOCATE = (
    "mutation($input: AllocateIPAddressInput!) { allocateIpAddress(input: $input) "
    "{ clientMutationId } }"
)


def _asked_for(served: Served, query: str, **variables: object) -> list[str]:
    with served.world as world:
        before = count(world)
        served.post(query, **variables)
        return [each.operation.value for each in list_(world, after=before)]


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
    answered = served.post(query)

    [error] = answered.body["errors"]
    assert answered.status == 200
    assert (error["message"], error["extensions"]) == (UNKNOWN, {"code": "NOT_FOUND"})


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

        assert served.message(query) == message
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
    assert served.data(query, **variables) == {"organization": {"addOns": {"nodes": []}}}
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

    assert served.post("{ viewer { email } }").status == 500


def test_a_fault_after_the_effect_leaves_it_done(served: Served, app: str) -> None:
    """And drops the connection: nobody knows."""
    fault = Fault(Operation.ADDRESSES_ALLOCATE.value, Kind.DROP_AFTER, app=app)
    with served.world as world:
        faults.inject(world, fault)

        with pytest.raises(http.client.RemoteDisconnected):
            served.post(ALLOCATE, input={"appId": app, "type": "v6"})
        assert len(addresses.list_(world, app)) == 1
