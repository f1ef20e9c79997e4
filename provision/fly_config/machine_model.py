"""The part of a machine's config that comes from a fly.toml, in the machine's own words."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any

import attrs
from attrs import field, frozen

from provision.fly_config.check import CheckType
from provision.fly_config.duration import Duration
from provision.fly_config.port import ALWAYS, Port
from provision.fly_config.sections import PersistRootfs, Static
from provision.fly_config.service import Autostop, Concurrency


class MachineRestartPolicy(Enum):
    """When a machine whose program ended is started again; ``no`` is a fly.toml's ``never``."""

    NO = "no"
    ALWAYS = "always"
    ON_FAILURE = "on-failure"


@frozen
class Init:
    """What the machine runs; what is empty is left to the image."""

    exec: tuple[str, ...] = ()
    entrypoint: tuple[str, ...] = ()
    cmd: tuple[str, ...] = ()
    swap_size_mb: int | None = None


@frozen
class Guest:
    """Size of the machine."""

    cpu_kind: str = ""
    cpus: int = 0
    memory_mb: int = 0
    max_memory_mb: int = 0
    gpus: int = 0
    gpu_kind: str = ""
    host_dedication_id: str = ""
    persist_rootfs: PersistRootfs | None = None
    kernel_args: tuple[str, ...] = ()


@frozen
class MachineMount:
    """
    Where a volume appears; which volume of that name it is, only the machine knows.

    Attributes:
        name: That of the volume.
    """

    path: str = ""
    name: str = ""
    extend_threshold_percent: int = 0
    add_size_gb: int = 0
    size_gb_limit: int = 0


@frozen
class Header:
    """A header that a check sends."""

    name: str
    values: tuple[str, ...]


@frozen
class MachineCheckConfig:
    """
    A check of a service, or a top-level one.

    Attributes:
        port: Checks of a service have none of their own.
    """

    type: CheckType
    port: int | None = None
    interval: Duration | None = None
    timeout: Duration | None = None
    grace_period: Duration | None = None
    method: str | None = None
    path: str | None = None
    protocol: str | None = None
    tls_skip_verify: bool | None = None
    tls_server_name: str | None = None
    headers: tuple[Header, ...] = ()


@frozen
class MachineService:
    """A service, with all its checks in one list."""

    protocol: str = ""
    internal_port: int = 0
    autostop: Autostop | None = None
    autostart: bool | None = None
    min_machines_running: int | None = None
    ports: tuple[Port, ...] = ()
    checks: tuple[MachineCheckConfig, ...] = ()
    concurrency: Concurrency | None = None


@frozen
class MachineMetrics:
    """Where Prometheus metrics are read from."""

    port: int = 0
    path: str = ""
    https: bool = False


@frozen
class MachineFile:
    """
    A file written into the machine.

    Attributes:
        raw_value: The content, in base64.
        secret_name: The secret that holds the content.
    """

    guest_path: str = ""
    raw_value: str | None = None
    secret_name: str | None = None


@frozen
class MachineRestart:
    """When the machine is restarted."""

    policy: MachineRestartPolicy
    max_retries: int = 0


@frozen
class StopConfig:
    """How the machine is stopped."""

    timeout: Duration | None = None
    signal: str | None = None


@frozen
class MachineConfig:
    """
    What a deploy of a fly.toml makes of a machine of one process group.

    Attributes:
        guest: None leaves the size as it is.
        restart: None leaves it to Fly.

    Source: flyctl uses fly-go machine_types.go
    """

    env: Mapping[str, str]
    init: Init
    guest: Guest | None = None
    mounts: tuple[MachineMount, ...] = ()
    services: tuple[MachineService, ...] = ()
    metrics: MachineMetrics | None = None
    checks: Mapping[str, MachineCheckConfig] = field(factory=dict)
    statics: tuple[Static, ...] = ()
    files: tuple[MachineFile, ...] = ()
    restart: MachineRestart | None = None
    stop_config: StopConfig | None = None

    def as_json(self) -> dict[str, Any]:
        """The config as the Machines API has it; what is not said is not there."""
        return attrs.asdict(self, filter=_is_said, value_serializer=_plain)


def _is_said(attribute: attrs.Attribute[Any], value: Any) -> bool:
    return attribute.metadata == ALWAYS or value not in (attribute.default, {})


def _plain(_: object, __: object, value: Any) -> Any:
    match value:
        case Duration():
            return str(value)
        case Enum():
            return value.value
        case tuple():
            return list(value)
        case _:
            return value
