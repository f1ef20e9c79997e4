"""Recordings of the real flyctl, replayed by the real flyctl over a world that is served."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from provision.local.world import create_world
from tests.provision.local.flies import Fly, Flyctl
from tests.provision.local.replaying import HERE, REPLAYED, Arrangements, replayed

from .conftest import Served

FLYCTL = os.environ.get("FLYCTL") or shutil.which("flyctl")
needs_flyctl = pytest.mark.skipif(FLYCTL is None, reason="needs a real flyctl: FLYCTL, or on PATH")

FAULTS = (
    "apps-create-taken",
    "deploy-capacity-replaces",
    "deploy-crash",
    "deploy-first-ip-failure",
    "deploy-insufficient-capacity",
    "deploy-payment-required",
    "deploy-release-command-fails",
    "drop-apps-create-after-effect",
    "drop-machine-create-after-effect",
    "gql-error-unchanged",
    "http-429-flaps",
    "http-429-graphql",
    "http-500-graphql-mutation",
    "http-500-machine-create",
    "http-500-machine-update",
    "http-500-release-patch",
    "lease-conflict-twice",
    "unknown-app-deploy",
    "unknown-app-logs-no-tail",
    "unknown-app-secrets-list",
    "wrong-token-deploy",
    "wrong-token-machine-list",
)
"""What goes wrong in the API."""

RACES = (
    "http-502-apps-create-after-effect",
    "http-502-graphql-mutation-after-effect",
    "http-502-ip-after-effect",
    "http-502-machine-create-after-effect",
)
"""What goes wrong on the way to it; flyctl asks again, and now and then trips over itself."""

COMMANDS = (
    "apps-destroy",
    "apps-list-json",
    "checks-list-json",
    "config-show",
    "deploy-checks",
    "deploy-drop-group",
    "deploy-first",
    "deploy-first-flycast",
    "deploy-first-ha-true",
    "deploy-first-mounts",
    "deploy-first-port-range",
    "deploy-first-processes",
    "deploy-first-shared-ips",
    "deploy-release-command",
    "deploy-second-rolling",
    "deploy-stopped-machine",
    "deploy-strategy-immediate",
    "logs-no-tail-json",
    "machine-list-json-ha",
    "machine-start",
    "machine-status",
    "machine-stop",
    "machine-suspend",
    "releases-json",
    "scale-count-1",
    "scale-count-4",
    "secrets-import-stage",
    "secrets-list-json",
    "secrets-set-nostage-restart",
    "status-json",
    "volumes-create-count2-json",
    "volumes-list-json",
)
"""What goes well."""


@pytest.fixture
def replace(session_served: Served) -> Iterator[Callable[[Path], None]]:
    """Replace the world that is served, until the end of the test."""

    def replace(path: Path) -> None:
        with (
            closing(sqlite3.connect(path)) as new,
            closing(sqlite3.connect(session_served.path)) as old,
        ):
            new.backup(old)

    empty = session_served.path.with_name("empty.db")
    create_world(empty).close()
    yield replace
    replace(empty)


@pytest.fixture
def flyctl(session_served: Served, tmp_path: Path) -> Flyctl:
    """The real flyctl, over the world that is served."""
    shutil.copytree(HERE / "configs", tmp_path / "toml")
    variables = {
        **session_served.environment,
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "FLY_CONFIG_DIR": str(tmp_path),
        "FLY_EMIT_RELEASE_JSON": "1",
    }
    return Flyctl(session_served.path, tmp_path, Path(FLYCTL or ""), variables)


@needs_flyctl
@pytest.mark.parametrize("name", [*FAULTS, *COMMANDS])
def test_flyctl_says_what_it_said(
    name: str, flyctl: Fly, arrangements: Arrangements, replace: Callable[[Path], None]
) -> None:
    """Exit code, stdout, stderr and all requests that change something agree."""
    replace(arrangements.give(REPLAYED[name]))

    seen, recorded = replayed(name, flyctl)

    assert seen == recorded


@needs_flyctl
@pytest.mark.parametrize("name", RACES)
def test_flyctl_asks_again_what_happened_already(
    name: str, flyctl: Fly, arrangements: Arrangements, replace: Callable[[Path], None]
) -> None:
    """It says what it said, but for a race of its own, in which it sends a body of no bytes."""
    for _ in range(10):
        replace(arrangements.give(REPLAYED[name]))
        seen, recorded = replayed(name, flyctl)
        if "with Body length 0" not in seen.stderr:
            break

    assert seen == recorded
