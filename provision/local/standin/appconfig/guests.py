"""The sizes that a configuration asks for."""

from __future__ import annotations

from provision.local.standin.appconfig import sizes
from provision.local.standin.appconfig.casts import Document
from provision.local.standin.appconfig.config import AppConfig

_GUEST_KEYS = (
    "cpu_kind",
    "cpus",
    "memory_mb",
    "max_memory_mb",
    "gpus",
    "gpu_kind",
    "persist_rootfs",
    "kernel_args",
)


def guest(config: AppConfig, group: str) -> Document | None:
    """
    Return the size that ``[[vm]]`` asks for; None where it says nothing.

    Raises:
        ValueError: There is no such size.
    """
    tables = config.tables("vm")
    general = [each for each in tables if not each.get("processes")]
    own = [each for each in tables if group in each.get("processes", [])]
    chosen = (own or general)[:1]
    return of_table(config, chosen[0]) if chosen else None


def of_table(config: AppConfig, compute: Document) -> Document:
    """
    Return the size that one table asks for.

    Raises:
        ValueError: There is no such size.
    """
    default = sizes.GPU_DEFAULT if compute.get("gpu_kind") else sizes.DEFAULT
    made = sizes.preset(compute.get("size") or default)
    if compute.get("memory"):
        made["memory_mb"] = sizes.memory_mb(compute["memory"])
        if not made["memory_mb"]:
            raise ValueError("memory cannot be zero")
    made |= {key: compute[key] for key in _GUEST_KEYS if key in compute}
    host = compute.get("host_dedication_id") or config.document.get("host_dedication_id")
    return made | ({"host_dedication_id": host} if host else {})
