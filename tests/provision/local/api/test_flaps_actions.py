"""What is done to machines over the Machines API, and waiting for them."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from provision.local.world import World, actions, machines

from .conftest import Answered, Served

CONFIG = {"image": "nginx:1", "services": [{"internal_port": 8080}]}


@pytest.fixture
def world(served: Served) -> Iterator[World]:
    """The world that is served."""
    with served.world as opened:
        yield opened


@pytest.fixture
def machine(world: World, app: str) -> str:
    """The path of a machine that has started."""
    found, _ = machines.create(world, app, CONFIG, region="ams")
    actions.wait(world, app, found.id, "started", seconds=5)
    return f"/v1/apps/{app}/machines/{found.id}"


def _state(served: Served, machine: str) -> str:
    return str(served.ask(f"GET {machine}").body["state"])


def test_a_machine_stops_and_starts(served: Served, machine: str) -> None:
    """A start tells the state before; neither needs a body."""
    stopped = served.ask(f"POST {machine}/stop")
    served.ask(f"GET {machine}/wait?state=stopped&timeout=5")
    started = served.ask(f"POST {machine}/start")
    served.ask(f"GET {machine}/wait?state=started&timeout=5")

    assert stopped == Answered(200, {"ok": True})
    assert started == Answered(200, {"previous_state": "stopped", "migrated": False})
    assert _state(served, machine) == "started"


def test_a_machine_is_suspended(served: Served, machine: str) -> None:
    """It rests, and can be waited for."""
    answered = served.ask(f"POST {machine}/suspend")
    waited = served.ask(f"GET {machine}/wait?state=suspended&timeout=5")

    assert (answered.status, waited.status) == (200, 200)
    assert _state(served, machine) == "suspended"


def test_a_machine_is_cordoned_and_uncordoned(served: Served, machine: str) -> None:
    """The document says so."""
    served.ask(f"POST {machine}/cordon")
    cordoned = served.ask(f"GET {machine}").body["cordoned"]
    served.ask(f"POST {machine}/uncordon")

    assert cordoned is True
    assert served.ask(f"GET {machine}").body["cordoned"] is False


def test_metadata_is_set_without_a_nonce(served: Served, machine: str) -> None:
    """Bluegreen marks machines that it holds leases on, and sends no nonce."""
    served.ask(f"POST {machine}/lease?ttl=13")

    answered = served.ask(f"POST {machine}/metadata/fly_tag", {"value": "safe_to_destroy"})

    assert answered == Answered(204, None)
    assert served.ask(f"GET {machine}").body["config"]["metadata"] == {"fly_tag": "safe_to_destroy"}


def test_processes_tell_where_they_listen(served: Served, machine: str) -> None:
    """On every address, at the port of the service."""
    (process,) = served.ask(f"GET {machine}/ps").body

    assert process["listen_sockets"] == [{"proto": "tcp", "address": "0.0.0.0:8080"}]


def test_a_start_of_what_is_gone_is_refused(served: Served, machine: str) -> None:
    """By a precondition."""
    served.ask(f"DELETE {machine}?kill=true")

    assert served.ask(f"POST {machine}/start").status == 412


def test_a_wait_ends_when_the_time_is_up(served: Served, machine: str) -> None:
    """With 408, and the state it is in."""
    with served.world as world, world.clock.leaping():
        answered = served.ask(f"GET {machine}/wait?state=stopped&timeout=1")

    reason = "machine failed to reach desired state, stopped, currently started"
    assert answered == Answered(408, {"error": f"deadline_exceeded: {reason}"})


@pytest.mark.parametrize(
    "query", ["state=hibernating", "state=started&timeout=soon", "state=started&timeout=-1"]
)
def test_a_wait_for_nothing_known_is_refused(served: Served, machine: str, query: str) -> None:
    """At once."""
    assert served.ask(f"GET {machine}/wait?{query}").status == 400


def test_a_wait_may_concern_one_instance(served: Served, machine: str) -> None:
    """What another instance has reached does not count."""
    version = served.ask(f"GET {machine}").body["instance_id"]
    query = "state=started&timeout=1&version="

    with served.world as world, world.clock.leaping():
        statuses = [
            served.ask(f"GET {machine}/wait?{query}{each}").status for each in (version, "01OTHER")
        ]

    assert statuses == [200, 408]


def test_a_wait_holds_nobody_up(served: Served, machine: str) -> None:
    """Others are answered while it waits, and it ends by what one of them does."""
    waited: list[Answered] = []
    request = f"GET {machine}/wait?state=stopped&timeout=30"
    waiting = threading.Thread(target=lambda: waited.append(served.ask(request)))
    began = time.monotonic()

    waiting.start()
    answered = served.ask(f"GET {machine}")
    served.ask(f"POST {machine}/stop")
    waiting.join(timeout=20)

    assert (answered.status, [each.status for each in waited]) == (200, [200])
    assert time.monotonic() - began < 20
