"""The first words of flyctl: those the stand-in knows, with their modules, and the others."""

from __future__ import annotations

NAME = "fly"
COMMANDS = "provision.local.standin.commands"

MODULES = {
    "version": "version",
    "auth": "auth",
    "orgs": "orgs",
    "apps": "apps",
    "app": "apps",
    "status": "status",
    "ips": "ips",
    "ip": "ips",
    "secrets": "secrets",
    "volumes": "volumes",
    "volume": "volumes",
    "vol": "volumes",
    "v": "volumes",
    "deploy": "deploy",
    "scale": "scale",
    "machine": "machine",
    "machines": "machine",
    "m": "machine",
    "config": "config",
    "releases": "releases",
    "checks": "checks",
    "logs": "logs",
    "image": "image",
    "img": "image",
    "platform": "platform",
}
"""The module of `commands` that holds a first word."""

ELSEWHERE = frozenset(
    {
        "agent",
        "certs",
        "completion",
        "console",
        "consul",
        "dashboard",
        "dig",
        "docs",
        "doctor",
        "extensions",
        "help",
        "incidents",
        "jobs",
        "launch",
        "litefs-cloud",
        "mcp",
        "mpg",
        "ping",
        "postgres",
        "proxy",
        "redis",
        "registry",
        "services",
        "settings",
        "sftp",
        "ssh",
        "storage",
        "synthetics",
        "tokens",
        "wireguard",
        "wg",
    }
)
"""First words that flyctl knows and the stand-in does not."""

_LINES = "".join(f"  {name}\n" for name in sorted(set(MODULES.values())))

WELCOME = f"""\
This is the fly of the local Fly: flyctl's commands over a world on this machine.

Usage:
  {NAME} [flags]
  {NAME} [command]

Available Commands:
{_LINES}
Use "{NAME} [command] --help" for more information about a command.
"""
