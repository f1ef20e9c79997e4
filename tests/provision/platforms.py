"""Small platforms for tests, written into a folder of their own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from provision import loading
from provision.manifest import Environment
from provision.platform import Platform

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


def load_platform(path: Path) -> Platform:
    """The platform of the manifest at *path*."""
    return loading.load(path, Environment.TEST)
