"""A local Fly that is served, for every test that speaks HTTP with it."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from provision.local.world import World, apps, faults

LIMIT_SECONDS = 30


class Answered(NamedTuple):
    """What a server answered."""

    status: int
    body: Any


class Served:
    """A server in a process of its own, and the world it serves."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "world.db"
        self.errors = folder / "stderr"
        words = [sys.executable, "-m", "provision", "local", "serve", "--world", str(self.path)]
        with self.errors.open("wb") as errors:
            self.process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=errors)
        assert self.process.stdout is not None
        self.ready = json.loads(self.process.stdout.readline())
        self.host: str = self.ready["url"].removeprefix("http://")
        self.environment: Mapping[str, str] = self.ready["environment"]
        self.token = self.environment["FLY_API_TOKEN"]

    @property
    def world(self) -> World:
        """The world, opened anew."""
        return World(self.path)

    def ask(
        self, request: str, body: object = None, *, authorization: str = "", nonce: str = ""
    ) -> Answered:
        """Send a request, over a connection of its own; *body* as it is, or as JSON."""
        method, path = request.split(" ", 1)
        content = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"Authorization": authorization or f"Bearer {self.token}"}
        if nonce:
            headers["fly-machine-lease-nonce"] = nonce
        connection = http.client.HTTPConnection(self.host, timeout=LIMIT_SECONDS)
        try:
            connection.request(method, path, content, headers)
            response = connection.getresponse()
            told = response.read().decode()
            is_json = response.headers.get_content_type() == "application/json"
            return Answered(response.status, json.loads(told) if is_json else told or None)
        finally:
            connection.close()

    def post(self, query: str, **variables: object) -> Answered:
        """Send a query."""
        return self.ask("POST /graphql", {"query": query, "variables": variables})

    def data(self, query: str, **variables: object) -> Any:
        """Return what answers a query that succeeds."""
        answered = self.post(query, **variables)
        assert (answered.status, answered.body.get("errors")) == (200, None)
        return answered.body["data"]

    def message(self, query: str, **variables: object) -> str:
        """Return what is said of a query that fails, as GraphQL tells it."""
        answered = self.post(query, **variables)
        assert answered.status == 200
        message: str = answered.body["errors"][0]["message"]
        return message

    def stop(self) -> None:
        """Stop it, having heard nothing but complaints about what it does not model."""
        self.process.terminate()
        assert self.process.wait(LIMIT_SECONDS) == 0
        said = self.errors.read_text(encoding="utf-8").splitlines()
        assert [line for line in said[1:] if not line.startswith("not modelled: ")] == []


@pytest.fixture(scope="session")
def session_served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    served = Served(tmp_path_factory.mktemp("served"))
    try:
        yield served
        served.stop()
    finally:
        served.process.kill()
        served.process.communicate()


@pytest.fixture
def served(session_served: Served) -> Iterator[Served]:
    """A server that many tests share: each makes apps of its own; faults end with it."""
    yield session_served
    with session_served.world as world:
        faults.clear(world)


@pytest.fixture
def app(served: Served) -> str:
    """The name of an app of this test alone, which exists."""
    name = f"app-{os.urandom(6).hex()}"
    with served.world as world:
        apps.create(world, name, organization="personal")
    return name
