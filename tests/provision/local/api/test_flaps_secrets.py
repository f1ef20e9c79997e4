"""Secrets over the Machines API."""

from __future__ import annotations

from .conftest import Served


def test_secrets_are_set_and_taken_away(served: Served, app: str) -> None:
    """By digest, never by value; every change has a greater version."""
    path = f"/v1/apps/{app}/secrets"

    first = served.ask(f"POST {path}", {"values": {"ONE": "hunter2", "TWO": "x"}}).body
    second = served.ask(f"POST {path}", {"values": {"TWO": None, "THREE": "hunter2"}}).body
    listed = served.ask(f"GET {path}?version=1").body

    assert [each["name"] for each in second["secrets"]] == ["ONE", "THREE"]
    assert second["version"] > first["version"]
    assert listed == {"secrets": second["secrets"]}
    one, three = second["secrets"]
    assert one["digest"] == three["digest"]
    assert one.keys() == {"name", "digest", "created_at", "updated_at"}
    assert "hunter2" not in f"{first}{second}{listed}"


def test_a_secret_that_is_refused_is_not_repeated(served: Served, app: str) -> None:
    """An error names what is wrong, not what was said."""
    path = f"/v1/apps/{app}/secrets"

    answers = [
        served.ask(f"POST {path}", {"values": {"BAD-NAME": "hunter2"}}),
        served.ask(f"POST {path}", {"values": {"NAME": ["hunter2"]}}),
        served.ask(f"POST {path}", {"values": "hunter2"}),
        served.ask(f"POST {path}", b'{"values": {"NAME": "hunter2"'),
    ]

    assert [each.status for each in answers] == [422, 400, 400, 400]
    assert "hunter2" not in f"{answers}"
    assert served.ask(f"GET {path}").body == {"secrets": []}
