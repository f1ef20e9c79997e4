"""Small platforms for tests, written into a folder of their own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from provision.fly.models import App, AppOrganization
from provision.manifest import Environment
from provision.platform import Platform, loading

HEAD = """\
format = 1
environment = "test"

[org]
name = "Acme Test"
slug = "acme-test"
create = true

[network]
name = "acme-net"
"""

APP = """
[apps.{key}]
name = "acme-{key}"
config = "fly.{key}.toml"
image = "registry.example.net/acme/{key}:1"
exposure = "private"
machines = {{ app = 1 }}
"""

PUBLIC = """\
exposure = "public"
public_ips = ["v6", "shared_v4"]
flycast_from = ["acme-net"]"""
"""In place of the exposure of `APP`."""

HTTPS = """\
app = "app"
primary_region = "syd"

[http_service]
internal_port = 8080
auto_stop_machines = "suspend"
auto_start_machines = true
"""
"""A fly.toml of an app that anybody may ask, and that sleeps until somebody does."""

FLY_TOML = """\
app = "app"
primary_region = "syd"

[[services]]
protocol = "tcp"
internal_port = 8080

[[services.ports]]
port = 80
handlers = ["http"]
"""


WEB = App(
    "1",
    "acme-web",
    "deployed",
    deployed=True,
    hostname="acme-web.fly.dev",
    organization=AppOrganization("acme-test", "Acme Test"),
    network="acme-net",
)
"""The app of a platform that says no more than that it is one, as Fly tells of it."""

OF_DEPLOY = {"fly_process_group": "app", "fly_platform_version": "v2"}
"""What flyctl writes on a machine of it, as metadata."""


def write_platform(
    folder: Path,
    apps: Mapping[str, str] | None = None,
    *,
    head: str = HEAD,
    tail: str = "",
    configs: Mapping[str, str] | None = None,
) -> Path:
    """
    Write a manifest and its fly.toml files; the path of the manifest.

    Args:
        folder: Where to.
        apps: For each app what its table says besides the usual.
        head: What stands before the apps.
        tail: What stands behind them.
        configs: The fly.toml of apps that have one of their own.
    """
    extras = apps or {"web": ""}
    for name in extras:
        text = (configs or {}).get(name, FLY_TOML)
        (folder / f"fly.{name}.toml").write_text(text, encoding="utf-8")
    tables = [f"{APP.format(key=name)}{extra}\n" for name, extra in extras.items()]
    path = folder / "test.toml"
    path.write_text("".join([head, *tables, tail]), encoding="utf-8")
    return path


def write_public(folder: Path, probe: str, **apps: str) -> Path:
    """
    Write a platform of one app, ``web``, that the internet reaches and that has *probe*.

    Args:
        folder: Where to.
        probe: What stands in its table; "" for no probe.
        apps: Others besides, as for `write_platform`.
    """
    extra = f"probe = {{ {probe} }}" if probe else ""
    path = write_platform(folder, {"web": extra, **apps}, configs={"web": HTTPS})
    text = path.read_text(encoding="utf-8").replace('exposure = "private"', PUBLIC, 1)
    path.write_text(text, encoding="utf-8")
    return path


def load_platform(path: Path) -> Platform:
    """The platform of the manifest at *path*."""
    return loading.load(path, Environment.TEST)
