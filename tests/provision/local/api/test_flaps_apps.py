"""Apps over the Machines API."""

from __future__ import annotations

import os

import pytest

from provision.local.world import faults

from .conftest import Answered, Served


def _new_name() -> str:
    return f"app-{os.urandom(6).hex()}"


def test_an_app_is_created_on_its_network(served: Served) -> None:
    """The request as flyctl sends it; the document has all that flyctl reads."""
    name = _new_name()
    body = {"name": name, "org_slug": "personal", "network": "blue", "app_role_id": ""}

    answered = served.ask("POST /v1/apps?wait=true", body)

    assert answered.status == 201
    number = answered.body.pop("internal_numeric_id")
    assert isinstance(number, int)
    assert answered.body == {
        "id": name,
        "name": name,
        "network": "blue",
        "status": "pending",
        "machine_count": 0,
        "volume_count": 0,
        "organization": {"name": "Dev", "slug": "personal", "internal_numeric_id": 1},
        "cname_target": "",
        "app_role": "",
    }
    assert served.ask(f"GET /v1/apps/{name}").body["network"] == "blue"


def test_an_app_is_created_as_the_documents_say(served: Served) -> None:
    """They call the name app_name."""
    name = _new_name()

    answered = served.ask("POST /v1/apps", {"app_name": name, "org_slug": "personal"})

    assert (answered.status, answered.body["name"]) == (201, name)


def test_a_name_that_exists_is_taken(served: Served, app: str) -> None:
    """flyctl explains by the code that names are global."""
    answered = served.ask("POST /v1/apps", {"name": app, "org_slug": "personal"})

    message = "Validation failed: Name has already been taken"
    assert answered == Answered(422, {"error": message, "status": "name_taken"})


def test_an_app_that_cannot_be_seen_yet_is_created_all_the_same(served: Served) -> None:
    """Its creation tells it; flyctl then asks until it can be seen."""
    name = _new_name()
    with served.world as world:
        faults.tell(world, "listing-delayed")

    answered = served.ask("POST /v1/apps", {"name": name, "org_slug": "personal"})

    assert answered.status == 201
    assert served.ask(f"GET /v1/apps/{name}") == Answered(404, {"error": "app not found"})


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        ({"name": "No_Good", "org_slug": "personal"}, 422, "Validation failed: Name is invalid"),
        ({"name": "good", "org_slug": "nobody"}, 404, "organization not found"),
        ({"name": "good"}, 400, "org_slug is missing"),
        ({"name": "good", "org_slug": "personal", "app_role_id": "postgres"}, 400, "app_role_id"),
    ],
)
def test_an_app_is_refused(served: Served, body: object, status: int, error: str) -> None:
    """With the reason."""
    answered = served.ask("POST /v1/apps", body)

    assert answered.status == status
    assert answered.body["error"].startswith(error)


def test_apps_are_listed_by_organization(served: Served, app: str) -> None:
    """How many there are, and each of them."""
    answered = served.ask("GET /v1/apps?org_slug=personal")

    names = [each["name"] for each in answered.body["apps"]]
    assert app in names
    assert answered.body["total_apps"] == len(names)
    assert served.ask("GET /v1/apps?org_slug=nobody").status == 404


def test_an_app_is_deleted(served: Served, app: str) -> None:
    """It is not there any more, and cannot be deleted again."""
    assert served.ask(f"DELETE /v1/apps/{app}").status == 202
    assert served.ask(f"GET /v1/apps/{app}").status == 404
    assert served.ask(f"DELETE /v1/apps/{app}").status == 404
