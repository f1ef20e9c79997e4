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
        "create",
        "curl",
        "dash",
        "dashboard",
        "destroy",
        "dig",
        "docs",
        "doctor",
        "ext",
        "extensions",
        "help",
        "history",
        "incidents",
        "info",
        "jobs",
        "launch",
        "lfsc",
        "litefs-cloud",
        "mcp",
        "metrics",
        "move",
        "mpg",
        "open",
        "pg",
        "ping",
        "postgres",
        "proxy",
        "redis",
        "regions",
        "registry",
        "resume",
        "services",
        "settings",
        "sftp",
        "ssh",
        "storage",
        "suspend",
        "synthetics",
        "tigris",
        "tokens",
        "wg",
        "wireguard",
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
