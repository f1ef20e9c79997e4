"""Recording anew what a real flyctl prints."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from .printed import CHANCE, masked
from .record import Recorder
from .replaying import load, recorded
from .tap import request_of

FLYCTL = os.environ.get("FLYCTL") or shutil.which("flyctl")


def test_a_request_is_written_down_as_recordings_have_it() -> None:
    """Method, path, query, the field that is asked for, what is sent along, the lease's nonce."""
    query = "mutation($input: X!) { made:createOrganization(input: $input) { clientMutationId } }"
    document = {"query": query, "variables": {"input": {"name": "Acme"}}, "operationName": "Make"}
    json_of = {"content-type": "application/json"}
    nonce = {"fly-machine-lease-nonce": "0123456789ab"}

    graphql = request_of("POST", "/graphql", json_of, json.dumps(document).encode())
    lease = request_of("POST", "/v1/apps/a/machines/1/lease?ttl=13", nonce, b"")

    assert graphql == {
        "method": "POST",
        "path": "/graphql",
        "operation": "mutation createOrganization (made) [Make]",
        "variables": {"input": {"name": "Acme"}},
        "content_type": "application/json",
    }
    assert lease == {
        "method": "POST",
        "path": "/v1/apps/a/machines/1/lease",
        "query": "ttl=13",
        "content_type": "",
        "nonce": True,
    }


def test_values_of_secrets_are_not_written_down() -> None:
    """Recordings lie beside the tests, for everybody to read."""
    body = b'{"values": {"KEY": "hunter2"}}'

    assert "hunter2" not in str(request_of("POST", "/v1/apps/web/secrets", {}, body))


@pytest.mark.skipif(FLYCTL is None, reason="needs a real flyctl, in FLYCTL or on the PATH")
@pytest.mark.parametrize("name", ["deploy-second-rolling", "http-500-graphql-mutation"])
def test_a_recording_is_made_anew(name: str, tmp_path: Path) -> None:
    """It says what the old one says, and its file has what the old file has."""
    before = load(name)

    made = Recorder(Path(FLYCTL or ""), tmp_path).record(name, before)

    assert made.seen == recorded(name, before)
    assert list(made.content) == list(before)
    assert _asked(made.content) == _asked(before)


def _asked(content: dict[str, Any]) -> set[str]:
    """Return the requests of a recording; how often flyctl polls depends on how fast it gets on."""
    lines = {
        f"{each['method']} {each['path']} {each.get('operation')}" for each in content["requests"]
    }
    return {masked(line, CHANCE) for line in lines}
