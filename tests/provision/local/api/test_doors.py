"""Every request comes through the door: who may come in, and what a fault does to an answer."""

from __future__ import annotations

import http.client
import re
import time

import pytest

from provision.local.world import faults, machines, requests
from provision.local.world.faults import Fault, Kind
from provision.local.world.operations import Operation
from provision.local.world.requests import Outcome

from .conftest import LIMIT_SECONDS, Answered, Served

MACHINES = Operation.MACHINES_LIST.value


def _strike(served: Served, app: str, fault: Fault) -> None:
    with served.world as world:
        faults.inject(world, fault._replace(operation=MACHINES, app=app))


def _outcomes(served: Served, app: str) -> list[Outcome]:
    with served.world as world:
        return [each.outcome for each in requests.list_(world) if each.app == app]


def test_a_request_is_answered_and_logged(served: Served, app: str) -> None:
    """An app without machines has an empty list of them."""
    answered = served.ask(f"GET /v1/apps/{app}/machines")

    assert answered == Answered(200, [])
    assert _outcomes(served, app) == [Outcome.DONE]


@pytest.mark.parametrize("scheme", ["Bearer", "FlyV1", "bearer"])
def test_one_of_several_tokens_is_enough(served: Served, app: str, scheme: str) -> None:
    """flyctl sends macaroons and the other tokens together, with commas between them."""
    authorization = f"{scheme} fm2_of_somebody,{served.token}"

    answered = served.ask(f"GET /v1/apps/{app}/machines", authorization=authorization)

    assert answered.status == 200


@pytest.mark.parametrize("authorization", ["Bearer wrong", "Bearer ", "Basic Og==", "\xff", "x"])
def test_without_the_token_nothing_is_told(served: Served, app: str, authorization: str) -> None:
    """What is asked for exists; whoever may not know hears the same as for everything."""
    answered = served.ask(f"GET /v1/apps/{app}/machines", authorization=authorization)

    assert answered == Answered(401, {"error": "Authenticate: token validation error"})


def test_a_refusal_has_a_status_and_a_message(served: Served) -> None:
    """As the Machines API words it."""
    answered = served.ask("GET /v1/apps/nobody/machines")

    assert answered == Answered(404, {"error": "app not found"})


def test_a_refusal_has_an_id(served: Served) -> None:
    """flyctl tells it behind the message, so that a person can ask Fly about it."""
    connection = http.client.HTTPConnection(served.host)
    connection.request("GET", "/v1/apps/nobody/machines")

    told = connection.getresponse().headers["fly-request-id"]
    connection.close()

    assert re.fullmatch(r"01LOCALREQ\d{6,}-loc", told)


def test_a_fault_refuses_with_its_status_and_code(served: Served, app: str) -> None:
    """Word for word."""
    _strike(served, app, Fault("", Kind.REFUSE, 429, "slow down", "rate"))

    answered = served.ask(f"GET /v1/apps/{app}/machines")

    assert answered == Answered(429, {"error": "slow down", "status": "rate"})


@pytest.mark.parametrize("kind", [Kind.DROP, Kind.DROP_AFTER, Kind.HANG])
def test_a_dropped_connection_ends_without_a_byte(served: Served, app: str, kind: Kind) -> None:
    """A clean end, which flyctl does not take for a reason to ask again."""
    _strike(served, app, Fault("", kind))

    with pytest.raises(http.client.RemoteDisconnected):
        served.ask(f"GET /v1/apps/{app}/machines")
    assert _outcomes(served, app) == [Outcome.UNANSWERED]


def test_where_nobody_listens_the_connection_is_reset(served: Served, app: str) -> None:
    """The nearest that a server comes to not being there."""
    _strike(served, app, Fault("", Kind.UNREACHABLE))

    with pytest.raises(ConnectionResetError):
        served.ask(f"GET /v1/apps/{app}/machines")


def test_a_slow_answer_comes_in_the_end(served: Served, app: str) -> None:
    """After as many seconds of the world as the fault says."""
    _strike(served, app, Fault("", Kind.SLOW, seconds=0.3))
    began = time.monotonic()

    answered = served.ask(f"GET /v1/apps/{app}/machines")

    assert answered.status == 200
    assert time.monotonic() - began >= 0.3


@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_proxy_answers_with_text(served: Served, app: str, status: int) -> None:
    """It is not Fly, and knows nothing of Fly's JSON."""
    _strike(served, app, Fault("", Kind.REFUSE, status, "bad gateway"))

    assert served.ask(f"GET /v1/apps/{app}/machines") == Answered(status, "bad gateway")


def test_a_client_that_goes_is_waited_for_no_longer(served: Served, app: str) -> None:
    """What it waited for is given up, and logged as unanswered."""
    with served.world as world:
        made, _ = machines.create(world, app, {"image": "a"}, region="ams", skip_launch=True)
    connection = http.client.HTTPConnection(served.host)
    headers = {"Authorization": f"Bearer {served.token}"}
    path = f"/v1/apps/{app}/machines/{made.id}/wait?state=started&timeout=60"

    connection.request("GET", path, headers=headers)
    connection.close()

    until = time.monotonic() + LIMIT_SECONDS
    while not _outcomes(served, app) and time.monotonic() < until:
        time.sleep(0.01)
    assert _outcomes(served, app) == [Outcome.UNANSWERED]
