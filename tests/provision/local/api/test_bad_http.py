"""Broken HTTP and broken GraphQL: refused cleanly, and the world stays as it was."""

from __future__ import annotations

import json
import socket
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from provision.local.world import World

from .conftest import LIMIT_SECONDS, Served

HUGE = 5 * 1024 * 1024
DEEP = 100_000


def _world(served: Served) -> list[Any]:
    # All that is kept, but for the log of requests and what counts them.
    with World(served.path) as world:
        tables = world.rows("SELECT name FROM sqlite_master WHERE type = 'table'")
        kept = {name for (name,) in tables} - {"requests", "counters", "sqlite_sequence"}
        return [
            world.rows(f"SELECT * FROM {name}")  # noqa: S608 - its own tables
            for name in sorted(kept)
        ]


def _sent(served: Served, request: bytes) -> bytes:
    host, port = served.host.split(":")
    with socket.create_connection((host, int(port)), LIMIT_SECONDS) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while part := connection.recv(65536):
            answer += part
    return answer


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'"query"',
        b"\xff\xfe",
        b'{"query": 1}',
        b'{"query": null}',
        b'{"variables": {}}',
        b'{"query": "{ a }", "variables": []}',
        b'{"query": "{ a }", "variables": "x"}',
        b'{"query": "{ a }", "operationName": 1}',
        b'{"query": "\\ud800"}',
        b'{"query": "x", "variables": {"a": NaN}}',
        b'{"query": "x", "variables": {"a": ' + b"9" * 5000 + b"}}",
        b'{"query": "x", "variables": ' + b"[" * DEEP + b"]" * DEEP + b"}",
    ],
    ids=lambda body: body[:40].decode(errors="replace"),
)
def test_a_body_without_a_query_is_refused(served: Served, body: bytes) -> None:
    """With a status, for there is nothing to execute."""
    answered = served.ask("POST /graphql", body)

    assert answered.status == 400
    assert [error["extensions"] for error in answered.body["errors"]] == [{"code": "BAD_REQUEST"}]


@pytest.mark.parametrize(
    "query",
    [
        "",
        "{",
        "\x00",
        "{ nothing }",
        "subscription { viewer { email } }",
        "{ viewer { email ...F } } fragment F on User { ...F }",
        "query A { viewer { email } } query B { viewer { email } }",
        "{ viewer }",
        "{ app { id { x } } }",
        "{ app(name: 1) { id } }",
        '{ app(nam: "x") { id } }',
        '{ apps(first: "x") { nodes { id } } }',
        '{ apps(after: "x") { nodes { id } } }',
        "{ apps(first: 99999999999) { nodes { id } } }",
        "query($a: String!) { app(name: $a) { id } }",
        "mutation { createOrganization(input: {}) { organization { id } } }",
        'mutation { createOrganization(input: {name: ""}) { organization { id } } }',
        'mutation { createOrganization(input: {name: "x", no: 1}) { organization { id } } }',
        'mutation { deleteOrganization(input: {organizationId: "x"}) { deletedOrganizationId } }',
        'mutation { allocateIpAddress(input: {appId: "x", type: v5}) { app { id } } }',
        "{ viewer { email } } " + "{" * 5_000,
        "{ " + "a: viewer { email } " * 1_000 + "}",
        "# " + "x" * 20_000,
    ],
    ids=lambda query: query[:60],
)
def test_a_query_that_cannot_be_is_an_error(served: Served, query: str) -> None:
    """Told as GraphQL tells errors, and nothing is done."""
    before = _world(served)

    answered = served.ask("POST /graphql", {"query": query})

    assert answered.status == 200
    assert all(error["message"] for error in answered.body["errors"])
    assert _world(served) == before


@pytest.mark.parametrize(
    ("request_line", "body", "line"),
    [
        ("GET /v1/postgres/x", None, "not modelled: GET '/v1/postgres/x'"),
        (
            "POST /graphql",
            {"query": "{ certificates { id } }"},
            "not modelled: GraphQL: \"Cannot query field 'certificates' on type 'Queries'.\"",
        ),
    ],
)
def test_what_is_not_modelled_is_told_to_whoever_serves(
    served: Served, request_line: str, body: object, line: str
) -> None:
    """A newer flyctl may ask for more; then this is where to look."""
    served.ask(request_line, body)

    assert line in served.errors.read_text(encoding="utf-8").splitlines()


def test_a_huge_body_is_not_read_to_its_end(served: Served) -> None:
    """Whether it says its size or comes in chunks."""
    head = f"POST /graphql HTTP/1.1\r\nHost: {served.host}\r\n".encode()
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"

    plain = served.ask("POST /graphql", b" " * HUGE)
    chunked = _sent(
        served, head + b"Transfer-Encoding: chunked\r\n\r\n" + chunk * (HUGE >> 16) + b"0\r\n\r\n"
    )

    assert plain.status == 413
    assert chunked.startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize(
    ("request_line", "status"),
    [
        ("GET /graphql", 405),
        ("DELETE /graphql", 405),
        ("PUT /v1/apps/{app}/machines", 405),
        ("BREW /v1/apps/{app}/machines", 405),
        ("GET /", 404),
        ("GET /v1/apps/{app}/machines/", 404),
        ("GET //v1/apps/{app}/machines", 404),
        ("GET /v1/apps//machines", 404),
        ("GET /v1/../v1/apps/{app}/machines", 404),
        ("GET /v1/apps/../machines", 400),
        ("GET /v1/apps/{app}%2fmachines", 400),
        ("GET /v1/apps/{app}%2Fmachines", 400),
        ("GET /v1/apps/{app}%00/machines", 400),
        ("GET /v1/apps/..%5c{app}/machines", 400),
        ("GET /v1/apps/%2e%2e/machines", 404),
        ("GET /v1/apps/%ff%fe/machines", 404),
        ("GET /v1/apps/{long}/machines", 404),
        ("GET /graphql%00", 404),
    ],
)
def test_a_path_that_tries_something_is_refused(
    served: Served, app: str, request_line: str, status: int
) -> None:
    """A name is a name: it is not decoded twice, and leads nowhere else."""
    before = _world(served)

    answered = served.ask(request_line.format(app=app, long="x" * 8_000))

    assert (answered.status, list(answered.body)) == (status, ["error"])
    assert _world(served) == before


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"\x00\x01\x02\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET / FTP/1.1\r\n\r\n",
        b"GET /" + b"x" * 100_000 + b" HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nA: " + b"x" * 100_000 + b"\r\n\r\n",
        b"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST /graphql HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
    ids=lambda request: repr(request[:40]),
)
def test_what_is_no_http_is_refused(served: Served, request_bytes: bytes) -> None:
    """And the connection closed."""
    assert _sent(served, request_bytes).startswith(b"HTTP/1.1 400 ")


def test_a_client_that_goes_in_the_middle_of_its_body_is_forgotten(served: Served) -> None:
    """Nothing is done, and nothing complains."""
    head = f"POST /graphql HTTP/1.1\r\nHost: {served.host}\r\nContent-Length: 100\r\n\r\n".encode()
    before = _world(served)

    assert _sent(served, head + b'{"query"') == b""
    assert _world(served) == before


JSON: SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=60)
@given(
    query=st.text(alphabet='{}()[]:$!.@#"aviewer name\n', max_size=60), variables=JSON, other=JSON
)
def test_whatever_is_posted_is_answered(
    session_served: Served, query: str, variables: Any, other: Any
) -> None:
    """With a status that says whose fault it was: the client's."""
    body = json.dumps({"query": query, "variables": variables, "operationName": other}).encode()

    answered = session_served.ask("POST /graphql", body)

    assert answered.status in {200, 400}
    assert answered.body["data"] in (None, {})


@settings(max_examples=60)
@given(name=st.text(max_size=40), content=st.binary(max_size=40))
def test_whatever_a_name_is_it_leads_nowhere(
    session_served: Served, name: str, content: bytes
) -> None:
    """There is no app of such a name."""
    path = quote(name.encode(errors="replace"), safe="")

    answered = session_served.ask(f"GET /v1/apps/{path}/machines", content)

    assert answered.status in {400, 404}
