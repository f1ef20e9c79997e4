"""Builds, releases, organizations and logs, over the APIs beside GraphQL."""

from __future__ import annotations

from typing import Any

import pytest

from provision.local.world import machines

from .conftest import Answered, Served

DEFINITION = {"app": "web", "mounts": [{"source": "data"}], "env": {"QUOTED": "a<b>&c"}}


def _release(served: Served, app: str, **more: Any) -> Any:
    body = {"app_name": app, "definition": DEFINITION, "image": "a@sha256:0", **more}
    answered = served.ask("POST /api/v1/releases", {"build_id": 1, "strategy": "CANARY"} | body)
    assert answered.status == 201, answered.body
    return answered.body["release"]


def test_a_build_begins_and_ends(served: Served, app: str) -> None:
    """As flyctl tells it of an image that exists."""
    begun = served.ask("POST /api/v1/builds", {"app_name": app, "builder_type": "depot.dev"})
    body = {"build_id": begun.body["id"], "app_name": app, "status": "completed"}
    timings = {"timings": {"build_ms": 12, "push_ms": -1}, "logs": ""}
    ended = served.ask("POST /api/v1/builds/finish", body | timings)

    assert begun == Answered(
        200, {"id": begun.body["id"], "status": "started", "wallclock_time_ms": 0}
    )
    assert ended == Answered(200, begun.body | {"status": "completed"})
    assert served.ask("POST /api/v1/builds/finish", body | {"build_id": 10**6}).status == 404
    assert served.ask("POST /api/v1/builds/finish", body | {"status": "odd"}).status == 400


def test_a_release_is_made_and_completed(served: Served, app: str) -> None:
    """Only then is its app a deployed one."""
    made = _release(served, app)
    one = f"PATCH /api/v1/releases/{made['id']}"
    before = served.ask(f"GET /v1/apps/{app}").body["status"]
    running = served.ask(one, {"status": "running", "metadata": None})
    info = {"post_deployment_info": {"flyctl_version": "1"}}
    complete = served.ask(one, {"status": "complete", "metadata": info})

    assert (made["version"], made["status"], made["in_progress"]) == (1, "pending", True)
    assert made["user"] == "dev@example.com"
    assert running == Answered(200, made | {"status": "running"})
    assert complete == Answered(200, made | {"status": "complete", "in_progress": False})
    assert before == "pending"
    assert served.ask(f"GET /v1/apps/{app}").body["status"] == "suspended"


def test_releases_are_listed_from_the_newest(served: Served, app: str) -> None:
    """As many as are asked for; the newest is the current one."""
    path = f"GET /api/v1/apps/{app}/releases"
    assert served.ask(f"{path}/current") == Answered(404, {"error": "release not found"})

    made = [_release(served, app)["id"] for _ in range(3)]

    listed = served.ask(f"{path}?limit=2").body["releases"]
    current = served.ask(f"{path}/current").body
    everywhere = served.ask("GET /api/v1/releases/all_current").body
    assert [each["id"] for each in listed] == [made[2], made[1]]
    assert current == listed[0]
    assert everywhere[app] == current["created_at"]


def test_a_release_that_is_not_there_is_refused(served: Served, app: str) -> None:
    """And so is a status that there is not."""
    made = _release(served, app)["id"]

    assert served.ask("PATCH /api/v1/releases/nothing", {"status": "running"}).status == 404
    assert served.ask(f"PATCH /api/v1/releases/{made}", {"status": "odd"}).status == 422


def test_organizations_are_told(served: Served) -> None:
    """A deploy asks for that of its app."""
    found = served.ask("GET /api/v1/organizations/personal").body["organization"]

    assert found == {
        "id": "ORG000001",
        "internal_numeric_id": 1,
        "slug": "personal",
        "raw_slug": "dev-123",
        "paid_plan": True,
        "personal": True,
        "billing_status": "CURRENT",
        "provisions_beta_extensions": False,
        "name": "Dev",
        "billable": True,
        "remote_builder_image": "",
    }
    assert found in served.ask("GET /api/v1/organizations?admin=false").body["organizations"]
    assert served.ask("GET /api/v1/organizations/nobody").status == 404


def test_logs_go_on_from_the_last_line(served: Served, app: str) -> None:
    """No line is told twice; those of other machines and regions are left out."""
    with served.world as world:
        ids = [
            machines.create(world, app, {"image": "nginx:1"}, region=region)[0].id
            for region in ("ams", "cdg")
        ]
        world.clock.advance(1)
    path = f"GET /api/v1/apps/{app}/logs"

    everything = served.ask(f"{path}?next_token=").body
    rest = served.ask(f"{path}?next_token={everything['data'][1]['id']}").body
    of_one = served.ask(f"{path}?next_token=&instance={ids[1]}&region=cdg").body
    after = served.ask(f"{path}?next_token={everything['meta']['next_token']}").body

    assert rest["data"] == everything["data"][2:]
    assert {each["attributes"]["instance"] for each in of_one["data"]} == {ids[1]}
    assert after == {"data": [], "meta": everything["meta"]}
    assert everything["data"][0]["attributes"] | {"timestamp": ""} == {
        "timestamp": "",
        "message": "Machine started in 150ms",
        "level": "info",
        "instance": ids[0],
        "region": "ams",
        "meta": {"instance": ids[0], "region": "ams", "event": {"provider": "runner"}},
    }


@pytest.mark.parametrize("path", ["releases", "releases/current", "logs?next_token="])
def test_an_app_that_is_not_there_has_none(served: Served, path: str) -> None:
    """It is not found."""
    assert served.ask(f"GET /api/v1/apps/nobody/{path}").status == 404
