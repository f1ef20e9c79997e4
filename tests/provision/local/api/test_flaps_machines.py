"""Machines over the Machines API."""

from __future__ import annotations

from typing import Any

import pytest

from provision.local.world import faults, machines

from .conftest import Answered, Served

CONFIG: dict[str, Any] = {
    "image": "registry.example.net/acme/web:v1",
    "guest": {"cpu_kind": "shared", "cpus": 1, "memory_mb": 256},
    "metadata": {"fly_platform_version": "v2", "fly_process_group": "app"},
    "services": [{"internal_port": 8080, "autostop": "suspend", "force_instance_key": None}],
    "checks": {"up": {"type": "tcp", "port": 8080, "interval": "15s"}},
    "a_key_of_the_future": [1.5, None, {"deep": "\N{SNOWMAN}"}],
}


def _create(served: Served, app: str, **more: object) -> Any:
    body = {"config": CONFIG, "region": "ams", "skip_secrets": False, **more}
    answered = served.ask(f"POST /v1/apps/{app}/machines", body)
    assert answered.status == 200, answered.body
    return answered.body


def _wait(served: Served, app: str, machine: str, state: str, seconds: int = 5) -> Answered:
    return served.ask(f"GET /v1/apps/{app}/machines/{machine}/wait?state={state}&timeout={seconds}")


def test_a_machine_is_created_and_comes_up(served: Served, app: str) -> None:
    """It is told in transition, and everything flyctl reads of it is there."""
    with served.world as world, world.clock.leaping():
        created = _create(served, app)
    waited = _wait(served, app, created["id"], "started")
    found = served.ask(f"GET /v1/apps/{app}/machines/{created['id']}").body

    assert created["state"] == "creating"
    assert "nonce" not in created
    version = {"state": "started", "version": created["instance_id"]}
    assert waited == Answered(200, {"ok": True, **version})
    assert found["config"] == CONFIG
    assert found["image_ref"] == {
        "registry": "registry.example.net",
        "repository": "acme/web",
        "tag": "v1",
        "digest": "",
    }
    assert [each["type"] for each in found["events"]] == ["start", "start", "launch"]
    assert (found["host_status"], found["cordoned"], found["region"]) == ("ok", False, "ams")
    assert {"name", "private_ip", "created_at", "updated_at", "checks"} < found.keys()
    assert served.ask(f"GET /v1/apps/{app}/machines").body[0]["id"] == created["id"]


def test_a_machine_comes_with_a_lease_where_one_was_asked_for(served: Served, app: str) -> None:
    """The nonce is told once, to whoever asked."""
    created = _create(served, app, lease_ttl=300)
    one = f"/v1/apps/{app}/machines/{created['id']}"

    lease = served.ask(f"GET {one}/lease").body["data"]

    assert created["nonce"] == lease["nonce"]
    assert "nonce" not in served.ask(f"GET {one}").body
    assert "nonce" not in served.ask(f"GET /v1/apps/{app}/machines").body[0]


def test_a_machine_is_only_created(served: Served, app: str) -> None:
    """Without a launch it rests, and counts as stopped for whoever waits."""
    created = _create(served, app, skip_launch=True, skip_service_registration=True, name="green")

    assert (created["state"], created["cordoned"], created["name"]) == ("created", True, "green")
    assert _wait(served, app, created["id"], "stopped", 1).status == 200


def test_an_update_is_told_before_it_is_done(served: Served, app: str) -> None:
    """Whoever waits for the start waits for the new instance, which has another id."""
    created = _create(served, app)
    _wait(served, app, created["id"], "started")
    config = {**CONFIG, "image": "registry.example.net/acme/web:v2"}

    with served.world as world, world.clock.leaping():
        updated = served.ask(
            f"POST /v1/apps/{app}/machines/{created['id']}", {"config": config, "region": "ams"}
        ).body
    _wait(served, app, created["id"], "started")
    found = served.ask(f"GET /v1/apps/{app}/machines/{created['id']}").body

    assert updated["state"] == "replacing"
    assert updated["instance_id"] != created["instance_id"]
    assert found["instance_id"] == updated["instance_id"]
    assert (found["state"], found["image_ref"]["tag"]) == ("started", "v2")


def test_checks_are_told_with_their_time(served: Served, app: str) -> None:
    """Without a time flyctl panics."""
    machine = _create(served, app)["id"]
    _wait(served, app, machine, "started")
    with served.world as world:
        world.clock.advance(1)

    (check,) = served.ask(f"GET /v1/apps/{app}/machines/{machine}").body["checks"]

    assert check.pop("updated_at").endswith("Z")
    assert check == {"name": "up", "status": "passing", "output": "ok"}


def test_an_exit_is_told_with_how_it_ended(served: Served, app: str) -> None:
    """Without it flyctl panics."""
    machine = _create(served, app)["id"]
    _wait(served, app, machine, "started")
    served.ask(f"POST /v1/apps/{app}/machines/{machine}/stop", {"id": machine, "timeout": "0s"})
    _wait(served, app, machine, "stopped")

    newest = served.ask(f"GET /v1/apps/{app}/machines/{machine}").body["events"][0]

    assert newest["type"] == "exit"
    ended = newest["request"]["exit_event"]
    assert (ended["exit_code"], ended["requested_stop"], ended["restarting"]) == (0, True, False)
    assert newest["request"]["restart_count"] == 0


def test_a_machine_on_a_lost_host_tells_its_configuration_apart(served: Served, app: str) -> None:
    """flyctl takes it from there; in the answer to a creation it would not look there."""
    with served.world as world:
        faults.tell(world, "host-unreachable", app=app)

    created = _create(served, app)
    found = served.ask(f"GET /v1/apps/{app}/machines/{created['id']}").body

    assert (created["host_status"], created["config"]) == ("ok", CONFIG)
    assert (found["host_status"], found["config"]) == ("unreachable", None)
    assert found["incomplete_config"] == CONFIG


def test_a_machine_is_destroyed_and_can_be_asked_for(served: Served, app: str) -> None:
    """Lists leave it out; a release command is read after its end."""
    machine = _create(served, app)["id"]
    one = f"/v1/apps/{app}/machines/{machine}"
    _wait(served, app, machine, "started")

    refused = served.ask(f"DELETE {one}?kill=false")
    answered = served.ask(f"DELETE {one}?kill=true")
    waited = _wait(served, app, machine, "destroyed")

    assert refused.status == 412
    assert answered == Answered(200, {"ok": True})
    assert waited.status == 200
    assert served.ask(f"GET {one}").body["state"] == "destroyed"
    assert served.ask(f"GET /v1/apps/{app}/machines").body == []


def test_a_region_without_room_says_so_by_a_code(served: Served, app: str) -> None:
    """flyctl then suggests another region."""
    with served.world as world:
        faults.tell(world, "insufficient-capacity", app=app)

    answered = served.ask(f"POST /v1/apps/{app}/machines", {"config": CONFIG, "region": "ams"})

    body = {"error": "insufficient resources", "status": "insufficient_capacity"}
    assert answered == Answered(422, body)
    with served.world as world:
        assert machines.list_(world, app) == ()


@pytest.mark.parametrize(
    ("config", "error"),
    [
        ({"image": 1}, "config.image must be a string"),
        ({"image": "a", "env": {"A": 1}}, "config.env.A must be a string"),
        ({"image": "a", "services": [{"internal_port": "80"}]}, "config.services[].internal_port"),
        ({"image": "a", "checks": {"up": []}}, "config.checks.up must be an object"),
        ({"image": "a", "mounts": {"volume": "v"}}, "config.mounts must be a list"),
        ({"image": "a", "init": {"cmd": "run"}}, "config.init.cmd must be a list"),
        ({"image": "a", "metadata": ["a"]}, "config.metadata must be an object"),
        ([], "config must be an object"),
        (None, "config is missing"),
    ],
)
def test_a_configuration_of_wrong_types_is_refused(
    served: Served, app: str, config: object, error: str
) -> None:
    """By the path of what is wrong; nothing comes of it."""
    answered = served.ask(f"POST /v1/apps/{app}/machines", {"config": config})

    assert answered.status == 400
    assert answered.body["error"].startswith(error)
    assert served.ask(f"GET /v1/apps/{app}/machines").body == []


@pytest.mark.parametrize(
    ("more", "status", "error"),
    [
        ({"config": {}}, 422, "Validation failed: config.image can't be blank"),
        ({"region": "xyz"}, 422, "Validation failed: Region xyz is not a region"),
        ({"config": {"image": "a", "mounts": [{"volume": "v"}]}}, 404, "volume not found"),
    ],
)
def test_a_machine_that_cannot_be_is_refused(
    served: Served, app: str, more: dict[str, Any], status: int, error: str
) -> None:
    """With the reason; nothing comes of it."""
    answered = served.ask(f"POST /v1/apps/{app}/machines", {"config": CONFIG} | more)

    assert answered.status == status
    assert answered.body["error"].startswith(error)
    assert served.ask(f"GET /v1/apps/{app}/machines").body == []
