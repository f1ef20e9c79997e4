"""The corpus of fly.toml files: the stand-in's second reading of them, next to flyctl's."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from provision.local.standin.commandline import parse
from provision.local.standin.commands import config, deploy
from provision.local.standin.failure import Failure
from provision.local.standin.grammar import Command
from provision.local.standin.session import Session
from provision.local.world import World, addresses, apps, machines, volumes

CORPUS = Path(__file__).parent.parent / "fly_config" / "corpus"
VERDICTS = json.loads((CORPUS / "verdicts.json").read_text())["verdicts"]
POSTED = json.loads((CORPUS / "posted.json").read_text())["posted"]
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
DEPLOY = (
    *("--image", "registry.example.net/acme/app:v1", "--ha=false", "--yes", "--remote-only"),
    *("--dns-checks=false", "--deploy-retries", "0", "--smoke-checks=false"),
)
OF_ONE_RELEASE = ("fly_flyctl_version", "fly_release_id")
CLOSED = {"waw": "lhr", "mad": "lhr"}
"""Regions that the local Fly does not have, and others for them."""


def _run(world: World, command: Command, words: list[str]) -> str:
    """Run a command in this process; return what it ended with, or ""."""
    try:
        command.run(Session(world, command, parse(command, "fly", words), {"FLY_API_TOKEN": "x"}))
    except Failure as failure:
        return failure.text()
    return ""


def test_the_verdict_is_that_of_flyctl(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """Word for word."""
    [validate] = [each for each in config.COMMAND.commands if each.name == "validate"]
    assert isinstance(validate, Command)

    verdicts = {}
    for name in VERDICTS:
        error = _run(world, validate, ["--strict", "--config", str(CORPUS / name)])
        said = COLOUR.sub("", "\n".join([*capsys.readouterr(), error]))
        said = said.replace(str(CORPUS / name), Path(name).name)
        lines = {line.strip() for line in said.splitlines()} - {"", f"Validating {Path(name).name}"}
        verdicts[name] = {"exit_code": int(bool(error)), "lines": sorted(lines)}

    assert verdicts == VERDICTS


@pytest.mark.parametrize("name", POSTED)
def test_machines_are_what_flyctl_makes_of_them(
    world: World, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So are the volumes and the addresses of a first deploy."""
    expected = POSTED[name]
    app = _app(world, name, tmp_path / name)
    monkeypatch.chdir(CORPUS / "accepted")
    env = [f"--env={key}={value}" for key, value in expected["env"].items()]

    with world.clock.leaping():
        error = _run(world, deploy.COMMAND, ["--config", str(tmp_path / name), *DEPLOY, *env])

    found = machines.list_(world, app)
    made = {each.config["metadata"]["fly_process_group"]: each.config for each in found}
    assert error == ""
    assert _comparable(made) == _comparable(expected["machines"])
    assert [(each.name, each.size_gb) for each in volumes.list_(world, app)] == [
        (each["name"], each["size_gb"]) for each in expected.get("volumes", [])
    ]
    types = [each.type.value for each in addresses.list_(world, app)]
    assert types == (["v6", "shared_v4"] if expected["addresses"] == "shared" else [])


def _app(world: World, name: str, copy: Path) -> str:
    """Make the app of a file; write the file to *copy*, with regions that the local Fly has."""
    content = (CORPUS / "accepted" / name).read_bytes().decode()
    for closed, other in CLOSED.items():
        content = content.replace(f'"{closed}"', f'"{other}"')
    copy.write_bytes(content.encode())
    found = re.search(r"""^app\s*=\s*["']?([\w-]+)""", content, re.MULTILINE)
    assert found is not None
    return apps.create(world, found[1], organization="personal").name


def _comparable(found: dict[str, Any]) -> dict[str, Any]:
    """Return machines without what no two runs share; the order of headers is chance in Go."""
    text = json.dumps(found)
    for closed, other in CLOSED.items():
        text = text.replace(f'"PRIMARY_REGION": "{closed}"', f'"PRIMARY_REGION": "{other}"')
    return {group: _plain(machine) for group, machine in json.loads(text).items()}


def _plain(machine: dict[str, Any]) -> dict[str, Any]:
    machine["image"] = machine["image"].partition("@")[0]
    for key in OF_ONE_RELEASE:
        del machine["metadata"][key]
    for mount in machine.get("mounts", []):
        # What Fly knows of the volume, and flyctl did not say.
        for key in ("volume", "size_gb", "encrypted"):
            mount.pop(key, None)
    of_services = (each for service in machine.get("services", []) for each in _checks(service))
    for check in (*machine.get("checks", {}).values(), *of_services):
        check.get("headers", []).sort(key=lambda header: header["name"])
    return machine


def _checks(service: dict[str, Any]) -> list[dict[str, Any]]:
    checks: list[dict[str, Any]] = service.get("checks", [])
    return checks
