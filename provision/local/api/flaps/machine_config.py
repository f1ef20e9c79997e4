"""The configuration of a machine: what is read of it must be of its type, the rest is kept."""

from __future__ import annotations

from typing import Any

from provision.local.api.bodies import read
from provision.local.world.machine import Config
from provision.local.world.record import Record


class Check(Record):
    """A health check."""

    type: str = ""
    port: int = 0
    interval: str = ""
    timeout: str = ""
    grace_period: str = ""
    method: str = ""
    path: str = ""


class Port(Record):
    """A port, or a range of ports, that the proxy listens on."""

    port: int = 0
    start_port: int = 0
    end_port: int = 0
    handlers: list[str] | None = None


class Service(Record):
    """What the proxy forwards to a machine."""

    protocol: str = ""
    internal_port: int = 0
    ports: list[Port] | None = None
    checks: list[Check] | None = None


class Mount(Record):
    """A volume inside a machine."""

    volume: str = ""
    path: str = ""
    name: str = ""


class Init(Record):
    """What a machine runs."""

    exec: list[str] | None = None
    entrypoint: list[str] | None = None
    cmd: list[str] | None = None


class Guest(Record):
    """How large a machine is."""

    cpu_kind: str = ""
    cpus: int = 0
    memory_mb: int = 0


class MachineConfig(Record):
    """What the local Fly, or flyctl after it, reads of a machine's configuration."""

    image: str = ""
    auto_destroy: bool = False
    env: dict[str, str] | None = None
    metadata: dict[str, str] | None = None
    init: Init | None = None
    guest: Guest | None = None
    services: list[Service] | None = None
    checks: dict[str, Check] | None = None
    mounts: list[Mount] | None = None
    standbys: list[str] | None = None
    restart: dict[str, Any] | None = None
    stop_config: dict[str, Any] | None = None
    dns: dict[str, Any] | None = None
    files: list[dict[str, Any]] | None = None
    processes: list[dict[str, Any]] | None = None
    statics: list[dict[str, Any]] | None = None
    schedule: str = ""


def checked(config: Config) -> Config:
    """
    Return *config* as it is.

    Raises:
        Malformed: Something in it is not of the type that Fly's documents give it.
    """
    read(MachineConfig, config, others=True, path="config.")
    return config
