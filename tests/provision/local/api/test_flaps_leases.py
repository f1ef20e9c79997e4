"""Leases over the Machines API."""

from __future__ import annotations

import pytest

from provision.local.world import machines

from .conftest import Answered, Served


@pytest.fixture
def machine(served: Served, app: str) -> str:
    """The path of a machine."""
    with served.world as world:
        found, _ = machines.create(world, app, {"image": "nginx:1"}, region="ams")
    return f"/v1/apps/{app}/machines/{found.id}"


def test_a_lease_is_taken_prolonged_and_given_back(served: Served, machine: str) -> None:
    """The nonce stays the same; times are whole seconds."""
    taken = served.ask(f"POST {machine}/lease?ttl=13")
    nonce = taken.body["data"]["nonce"]
    prolonged = served.ask(f"POST {machine}/lease?ttl=60", nonce=nonce)
    shown = served.ask(f"GET {machine}/lease")
    released = served.ask(f"DELETE {machine}/lease", nonce=nonce)

    assert (taken.status, taken.body["status"]) == (201, "success")
    assert taken.body["data"]["version"] == served.ask(f"GET {machine}").body["instance_id"]
    assert prolonged.body["data"]["nonce"] == nonce
    assert prolonged.body["data"]["expires_at"] - taken.body["data"]["expires_at"] in {46, 47, 48}
    assert shown.body["data"] == prolonged.body["data"]
    assert released == Answered(200, {"status": "success", "data": {"ok": True}})
    assert served.ask(f"GET {machine}/lease") == Answered(404, {"error": "lease not found"})


@pytest.mark.parametrize(
    "request_",
    [
        "POST {}/lease?ttl=5",
        "DELETE {}/lease",
        "DELETE {}?kill=true",
        "POST {}/stop",
        "POST {}/cordon",
    ],
)
@pytest.mark.parametrize("nonce", ["", "0123456789ab"])
def test_what_somebody_else_has_is_refused(
    served: Served, machine: str, request_: str, nonce: str
) -> None:
    """With 409, who has it and how long; nothing happens."""
    served.ask(f"POST {machine}/lease?ttl=60")

    answered = served.ask(request_.format(machine), nonce=nonce)

    assert answered.status == 409
    assert answered.body["message"].startswith(
        f"machine ID {machine.rsplit('/', maxsplit=1)[-1]} lease currently"
    )
    assert (answered.body["status"], answered.body["code"]) == ("error", "invalid")
    assert served.ask(f"GET {machine}").body["state"] in {"creating", "starting", "started"}


def test_an_old_nonce_without_a_lease_is_fine(served: Served, machine: str) -> None:
    """Canary sends one."""
    assert served.ask(f"DELETE {machine}?kill=true", nonce="0123456789ab").status == 200


def test_a_lease_ends_by_itself(served: Served, machine: str) -> None:
    """And somebody else can have it."""
    first = served.ask(f"POST {machine}/lease?ttl=5").body["data"]["nonce"]
    with served.world as world:
        world.clock.advance(6)

    second = served.ask(f"POST {machine}/lease?ttl=5")

    assert second.status == 201
    assert second.body["data"]["nonce"] != first


@pytest.mark.parametrize("ttl", ["0", "-5", "soon", "1e3", "9" * 18, "9" * 5000])
def test_a_lease_for_no_possible_time_is_refused(served: Served, machine: str, ttl: str) -> None:
    """And nobody has one then."""
    assert served.ask(f"POST {machine}/lease?ttl={ttl}").status == 400
    assert served.ask(f"GET {machine}/lease").status == 404
