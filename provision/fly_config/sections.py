"""The short sections of a fly.toml."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any

from attrs import field, frozen

from provision.fly_config.duration import Duration
from provision.fly_config.port import ALWAYS
from provision.fly_config.size import DiskSize


class Strategy(Enum):
    """How a deploy replaces machines."""

    CANARY = "canary"
    ROLLING = "rolling"
    IMMEDIATE = "immediate"
    BLUEGREEN = "bluegreen"


class Compression(Enum):
    """How the layers of a built image are packed."""

    GZIP = "gzip"
    ZSTD = "zstd"


class RestartPolicy(Enum):
    """When a machine whose program ended is started again."""

    ALWAYS = "always"
    NEVER = "never"
    ON_FAILURE = "on-failure"


class PersistRootfs(Enum):
    """When changes to the root file system are kept."""

    NEVER = "never"
    RESTART = "restart"
    ALWAYS = "always"


@frozen
class Compose:
    """Where the containers are described."""

    file: str = ""


@frozen
class Build:
    """
    Where the image comes from.

    Attributes:
        dockerfile: Relative to the fly.toml, or a URL.
        build_target: Spelled ``build-target`` in the file.
    """

    builder: str = ""
    args: Mapping[str, str] = field(factory=dict)
    buildpacks: tuple[str, ...] = ()
    image: str = ""
    settings: Mapping[str, Any] = field(factory=dict)
    builtin: str = ""
    dockerfile: str = ""
    ignorefile: str = ""
    build_target: str = ""
    compose: Compose | None = None
    compression: Compression | None = None
    compression_level: int | None = None


@frozen
class Compute:
    """
    Size of the machines.

    Attributes:
        size: Name of a preset, ``shared-cpu-1x`` if empty; whatever else is set overrides it.
        memory: As in ``512mb``; nobody but a deploy looks whether it is a size.
        processes: Process groups it belongs to; all without one of their own if empty.
    """

    size: str = ""
    memory: str = ""
    cpu_kind: str = ""
    cpus: int = 0
    memory_mb: int = 0
    max_memory_mb: int = 0
    gpus: int = 0
    gpu_kind: str = ""
    host_dedication_id: str = ""
    persist_rootfs: PersistRootfs | None = None
    kernel_args: tuple[str, ...] = ()
    processes: tuple[str, ...] = ()


@frozen
class Deploy:
    """
    How a deploy goes about its work.

    Attributes:
        max_unavailable: Below 1 a fraction of the machines, else their number.
    """

    strategy: Strategy | None = None
    max_unavailable: float | None = None
    wait_timeout: Duration | None = None
    release_command: str = ""
    release_command_timeout: Duration | None = None
    release_command_vm: Compute | None = None
    seed_command: str = ""


@frozen
class AttachedSecrets:
    """Names under which secrets of attached apps appear."""

    export: Mapping[str, str] = field(factory=dict)


@frozen
class Attached:
    """What other apps lend to this one."""

    secrets: AttachedSecrets | None = None


@frozen
class Experimental:
    """What the image would otherwise say about its program, and a few switches."""

    cmd: tuple[str, ...] = ()
    entrypoint: tuple[str, ...] = ()
    exec: tuple[str, ...] = ()
    auto_rollback: bool = False
    enable_consul: bool = False
    enable_etcd: bool = False
    lazy_load_images: bool = False
    attached: Attached | None = None
    machine_config: str = ""


@frozen
class Mount:
    """
    Where a volume appears.

    Attributes:
        source: Name of the volume.
        snapshot_retention: In days.
        auto_extend_size_threshold: Percent of the volume in use; 0 is never.
        processes: Process groups it belongs to; the default one if empty.
    """

    source: str = ""
    destination: str = ""
    initial_size: DiskSize | None = None
    snapshot_retention: int | None = None
    scheduled_snapshots: bool | None = None
    auto_extend_size_threshold: int = 0
    auto_extend_size_increment: DiskSize | None = None
    auto_extend_size_limit: DiskSize | None = None
    processes: tuple[str, ...] = ()


@frozen
class File:
    """
    A file written into the machine; the first of the three sources that is set gives its content.

    Attributes:
        local_path: Relative to the folder flyctl runs in.
        raw_value: The content itself.
        processes: flyctl reads this and gives the file to every group all the same.
    """

    guest_path: str = ""
    local_path: str = ""
    secret_name: str = ""
    raw_value: str = ""
    processes: tuple[str, ...] = ()


@frozen
class Static:
    """Files of the image, or of a bucket, that the proxy serves by itself."""

    guest_path: str = field(default="", metadata=ALWAYS)
    url_prefix: str = field(default="", metadata=ALWAYS)
    tigris_bucket: str = field(default="", metadata=ALWAYS)
    index_document: str = field(default="", metadata=ALWAYS)


@frozen
class Metrics:
    """Where Prometheus metrics are read from."""

    port: int = 0
    path: str = ""
    https: bool = False
    processes: tuple[str, ...] = ()


@frozen
class Restart:
    """When machines are restarted."""

    policy: RestartPolicy
    retries: int = 0
    processes: tuple[str, ...] = ()
