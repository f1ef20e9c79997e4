"""Public addresses, held to what the real flyctl allocated on a first deploy."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from provision.fly_config import Addresses, addresses, load

CORPUS = Path(__file__).parent / "corpus"
POSTED: dict[str, Any] = json.loads((CORPUS / "posted.json").read_text())["posted"]


def test_addresses_are_those_that_flyctl_chose() -> None:
    """It allocates shared ones by itself and asks before dedicated ones; both are for services."""
    chosen = {name: addresses(load(CORPUS / "accepted" / name)).value for name in POSTED}

    assert chosen == {name: deploy["addresses"] for name, deploy in POSTED.items()}


@pytest.mark.parametrize(
    ("port", "expected"),
    [
        ("port = 80\nhandlers = ['http']", Addresses.SHARED),
        ("port = 443\nhandlers = ['tls', 'http']", Addresses.SHARED),
        ("start_port = 443\nend_port = 443\nhandlers = ['http', 'tls']", Addresses.SHARED),
        ("handlers = ['http']", Addresses.SHARED),
        ("start_port = 9\nend_port = 8", Addresses.SHARED),
        ("port = 80\nhandlers = ['tls']", Addresses.DEDICATED),
        ("port = 80", Addresses.DEDICATED),
        ("port = 443\nhandlers = ['tls']", Addresses.DEDICATED),
        ("port = 8443\nhandlers = ['tls', 'http']", Addresses.DEDICATED),
        ("start_port = 79\nend_port = 80\nhandlers = ['http']", Addresses.DEDICATED),
        ("port = 80\nhandlers = ['http']\nend_port = 100", Addresses.DEDICATED),
    ],
)
def test_only_the_web_shares_an_address(tmp_path: Path, port: str, expected: Addresses) -> None:
    """Port 80 with http, and port 443 with TLS and http; anything else is too special."""
    path = tmp_path / "fly.nfs.toml"
    path.write_text(f"app = 'nfs'\n[[services]]\nprotocol = 'tcp'\n[[services.ports]]\n{port}\n")

    assert addresses(load(path)) == expected
