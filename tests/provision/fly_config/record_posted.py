"""
Has a real flyctl deploy files of the corpus to a local Fly, and prints what it posted as JSON.

    python -m tests.provision.fly_config.record_posted /path/to/flyctl NAME.toml …

Nothing leaves the machine. What is printed are entries for `corpus/posted.json`; a file that flyctl
cannot deploy is told on stderr and left out.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from provision.fly_config import load
from provision.local.world import World, apps, create_world
from tests.provision.local.flies import QUIET
from tests.provision.local.served import served
from tests.provision.local.tap import tapped

ACCEPTED = Path(__file__).parent / "corpus" / "accepted"
DEPLOY = (
    *("--image", "registry.example.net/acme/app:v1", "--ha=false", "--yes", "--remote-only"),
    *("--dns-checks=false", "--deploy-retries", "0", "--smoke-checks=false"),
)
VOLUME = ("name", "size_gb", "region", "snapshot_retention", "auto_backup_enabled")


class Deployed(NamedTuple):
    """
    A first deploy.

    Attributes:
        heard: The requests, as recordings have them.
        stdout: What flyctl printed.
        error: What it ended with; "" if all went well.
    """

    heard: list[dict[str, Any]]
    stdout: str
    error: str


def main(words: list[str]) -> int:
    flyctl, *names = words
    found: dict[str, Any] = {}
    for name in names:
        try:
            found[name] = posted(Path(flyctl), name)
        except ValueError as error:
            sys.stderr.write(f"{name}: {error}\n")
    sys.stdout.write(",\n".join(_entry(name, deploy) for name, deploy in found.items()) + "\n")
    return 0


def posted(flyctl: Path, name: str) -> dict[str, Any]:
    """
    Return what *flyctl* posts in a first deploy of the file *name*.

    Raises:
        ValueError: It does not deploy it.
    """
    private = _deployed(flyctl, name, "--no-public-ips")
    if private.error:
        raise ValueError(private.error)
    machines = [_plain(each["config"]) for each in _bodies(private.heard, "machines")]
    volumes = [
        {key: body[key] for key in VOLUME if body.get(key) is not None}
        for body in _bodies(private.heard, "volumes")
    ]
    return {
        "env": {},
        "addresses": _addresses(_deployed(flyctl, name)),
        **({"volumes": volumes} if volumes else {}),
        "machines": {each["metadata"]["fly_process_group"]: each for each in machines},
    }


def _plain(config: dict[str, Any]) -> dict[str, Any]:
    """Return a machine's configuration with its keys in order and without what is chance."""
    config["metadata"]["fly_release_id"] = "01RELEASE"
    for number, mount in enumerate(config.get("mounts", []), 1):
        mount["volume"] = f"vol_{number}"
    plain: dict[str, Any] = json.loads(json.dumps(config, sort_keys=True))
    return plain


def _entry(name: str, deploy: dict[str, Any]) -> str:
    """Return an entry of the file, each machine and each volume in a line of its own."""
    machines = [f'    "{group}": {json.dumps(each)}' for group, each in deploy["machines"].items()]
    volumes = [f"    {json.dumps(each)}" for each in deploy.get("volumes", [])]
    parts = [f'   "env": {json.dumps(deploy["env"])}', f'   "addresses": "{deploy["addresses"]}"']
    if volumes:
        parts.append('   "volumes": [\n' + ",\n".join(volumes) + "\n   ]")
    parts.append('   "machines": {\n' + ",\n".join(machines) + "\n   }")
    return f'  "{name}": {{\n' + ",\n".join(parts) + "\n  }"


def _addresses(deploy: Deployed) -> str:
    given = {each["type"] for each in _bodies(deploy.heard, "ip_assignments")}
    if "shared_v4" in given:
        return "shared"
    looked = any(each["path"].endswith("/ip_assignments") for each in deploy.heard)
    return "dedicated" if looked else "none"


def _bodies(heard: list[dict[str, Any]], noun: str) -> list[dict[str, Any]]:
    return [
        each["body"]
        for each in heard
        if each["method"] == "POST" and each["path"].endswith(f"/{noun}")
    ]


def _deployed(flyctl: Path, name: str, *flags: str) -> Deployed:
    with TemporaryDirectory() as folder, _serving(Path(folder), name) as (variables, heard):
        done = subprocess.run(
            [flyctl, "deploy", "--config", name, *DEPLOY, *flags],
            cwd=ACCEPTED,
            env={**QUIET, **variables, "HOME": folder},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
    return Deployed(heard, done.stdout, done.stderr if done.returncode else "")


@contextmanager
def _serving(folder: Path, name: str) -> Iterator[tuple[dict[str, str], list[dict[str, Any]]]]:
    path = folder / "world.db"
    create_world(path).close()
    with World(path) as world:
        apps.create(world, load(ACCEPTED / name).app, organization="personal")
    with served(path) as variables, tapped(variables["FLY_API_BASE_URL"]) as (url, heard):
        urls = {key: url for key in variables if key.endswith("_BASE_URL")}
        yield variables | urls, heard


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
