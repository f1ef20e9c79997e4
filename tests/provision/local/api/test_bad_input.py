"""Whatever is sent to whichever route: a clean 4xx, nothing changed, not a word on stderr."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from typing import Any

import pytest

from provision.local.api import flaps, uiex
from provision.local.world import machines, releases, volumes

from .conftest import Answered, Served

ROUTES = {route.request: route for route in (*flaps.ROUTES, *uiex.ROUTES)}
WITH_BODY: dict[str, dict[str, Any]] = {
    "POST /v1/apps": {"name": "new", "org_slug": "personal"},
    "POST /v1/apps/{app}/ip_assignments": {"type": "v6"},
    "POST /v1/apps/{app}/secrets": {"values": {"A": "b"}},
    "POST /v1/apps/{app}/volumes": {"name": "data"},
    "POST /v1/apps/{app}/machines": {"config": {"image": "a"}},
    "POST /v1/apps/{app}/machines/{machine}": {"config": {"image": "a"}},
    "POST /v1/apps/{app}/machines/{machine}/stop": {"id": "a", "timeout": "0s"},
    "POST /v1/apps/{app}/machines/{machine}/metadata/{key}": {"value": "a"},
    "POST /api/v1/builds": {"app_name": "{app}"},
    "POST /api/v1/builds/finish": {"app_name": "{app}", "build_id": 1, "status": "failed"},
    "POST /api/v1/releases": {"app_name": "{app}", "definition": {}, "image": "a"},
    "PATCH /api/v1/releases/{release}": {"status": "complete"},
}
"""The routes that read a body, each with one that it would take."""


TRICKS = ("..", "%2e%2e", "..%2f..%2fetc", "a%00b", "%ff", "a'--", "%20", "a" * 5000)


@pytest.fixture
def named(served: Served, app: str) -> dict[str, str]:
    """What the parts of paths name: one of everything, all of which exist."""
    with served.world as world:
        machine, _ = machines.create(world, app, {"image": "nginx:1"}, region="ams")
        volume = volumes.create(world, app, "data", region="ams")
        release = releases.create(world, app, definition={}, image_ref="a", strategy="ROLLING")
    return {
        "app": app,
        "machine": machine.id,
        "volume": volume.id,
        "release": release.id,
        "key": "color",
        "address": "2a09::1",
        "organization": "personal",
    }


def _everything(served: Served) -> set[str]:
    """Return all that the world holds, but for its access log."""
    with closing(sqlite3.connect(served.path)) as database:
        log = ('INSERT INTO "requests"', 'INSERT INTO "sqlite_sequence"')
        return {line for line in database.iterdump() if not line.startswith(log)}


def _placed(body: dict[str, Any], app: str) -> dict[str, Any]:
    return {key: app if value == "{app}" else value for key, value in body.items()}


def _spoilt(body: dict[str, Any]) -> dict[str, Any]:
    """Return *body* with every value of another type."""
    return {key: 7 if isinstance(value, str) else "seven" for key, value in body.items()}


def test_every_route_that_reads_a_body_is_tried() -> None:
    """The others do something to what their path names, and need none."""
    without = re.compile(r".*(/start|/suspend|/cordon|/uncordon|/lease)")

    writing = {each for each in ROUTES if each.startswith(("POST ", "PATCH ", "PUT "))}

    assert {each for each in writing if not without.fullmatch(each)} == WITH_BODY.keys()


@pytest.mark.parametrize("request_", WITH_BODY)
def test_a_body_that_does_not_fit_is_refused(
    served: Served, named: dict[str, str], request_: str
) -> None:
    """Malformed, of another type, with other fields, too deep, or half a character."""
    fitting = _placed(WITH_BODY[request_], named["app"])
    text = json.dumps(fitting)[:-1]
    path = request_.format_map(named)
    before = _everything(served)

    statuses = [
        served.ask(path, body).status
        for body in (
            b"{",
            b"\xff\xfe\x00",
            b"[" * 100_000,
            f'{text}, "a": {"[" * 150}{"]" * 150}}}'.encode(),
            b'"text"',
            b"null",
            [fitting],
            _spoilt(fitting),
            fitting | {"surprise": 1},
            f'{text}, "a": "\\ud800"}}'.encode(),
            f'{text}, "a": NaN}}'.encode(),
            f'{text}, "a": {"9" * 5000}}}'.encode(),
            dict.fromkeys(fitting),
        )
    ]

    # A stop asks for nothing, so that nothing is no error.
    empty_is_fine = request_.endswith("/stop")
    assert statuses == [400] * 12 + [200 if empty_is_fine else 400]
    if not empty_is_fine:
        assert _everything(served) == before


@pytest.mark.parametrize("request_", ["POST /v1/apps/{app}/machines", "POST /api/v1/releases"])
def test_a_huge_body_is_refused(served: Served, named: dict[str, str], request_: str) -> None:
    """Before it is read to its end."""
    body = _placed(WITH_BODY[request_], named["app"]) | {"image": "a" * 5_000_000}
    before = _everything(served)

    assert served.ask(request_.format_map(named), body).status == 413
    assert _everything(served) == before


@pytest.mark.parametrize("request_", [each for each in ROUTES if "{" in each])
def test_a_trick_in_a_path_finds_nothing(
    served: Served, named: dict[str, str], request_: str
) -> None:
    """In whichever part of it."""
    parts = set(re.findall(r"\{(\w+)\}", request_)) - {"key"}
    body = _placed(WITH_BODY.get(request_, {}), named["app"]) or None
    before = _everything(served)

    statuses = {
        (part, trick): served.ask(request_.format_map(named | {part: trick}), body).status
        for part in parts
        for trick in TRICKS
    }

    assert {each: status // 100 for each, status in statuses.items()} == dict.fromkeys(statuses, 4)
    assert _everything(served) == before


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        ("PUT /v1/apps/{app}/machines", 405),
        ("GET /v1/apps/{app}/machines/", 404),
        ("GET /v1//{app}", 404),
        ("POST /v1/apps/{app}/machines/148e/exec", 404),
    ],
)
def test_what_is_not_modelled_is_called_by_its_name(
    served: Served, app: str, request_: str, status: int
) -> None:
    """So that nobody takes it for an app or a machine that is not there."""
    request_ = request_.format(app=app)

    answered = served.ask(request_)

    assert answered == Answered(status, {"error": f"the local Fly does not model {request_}"})
