"""What a machine has besides its fly.toml, and why that is no difference; the only such list."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any

from attrs import frozen

from provision.fly_config.machine_model import MachineConfig

EACH = "*"


def _always(_: MachineConfig, __: Any) -> bool:
    return True


def _unsized(want: MachineConfig, _: Any) -> bool:
    return want.guest is None or not want.guest.cpus


def _default_restart(want: MachineConfig, policy: Any) -> bool:
    return want.restart is None and policy == "on-failure"


def _uncounted_restart(want: MachineConfig, _: Any) -> bool:
    return want.restart is None or not want.restart.max_retries


def _default_kind(_: MachineConfig, kind: Any) -> bool:
    return bool(kind == "informational")


@frozen
class Ignored:
    """
    A value of a live machine that nobody compares.

    Attributes:
        path: Where; `EACH` is any element of a list and any key of a map.
        reason: Why that is right.
        when: Tells, from what should be and the value that is, whether it holds here.
    """

    path: tuple[str, ...]
    reason: str
    when: Callable[[MachineConfig, Any], bool] = _always


_SIZE = "without [[vm]] in the fly.toml flyctl keeps the size that the machine has"

IGNORED = (
    Ignored(("image",), "no part of a fly.toml; a release says which, and is judged by its digest"),
    Ignored(("metadata",), "flyctl and Fly keep their books here: versions, releases, the group"),
    Ignored(("dns",), "Fly's own settings; no fly.toml can say anything about them"),
    Ignored(("standbys",), "flyctl decides which machine stands by for which"),
    Ignored(("env", "FLY_STANDBY_FOR"), "tells a machine on standby for which one it stands by"),
    Ignored(("mounts", EACH, "volume"), "which volume of the name it is, flyctl finds out"),
    Ignored(("mounts", EACH, "size_gb"), "a volume grows by itself and never shrinks"),
    Ignored(("mounts", EACH, "encrypted"), "flyctl encrypts every volume; no fly.toml can say so"),
    Ignored(("guest", "cpu_kind"), _SIZE, _unsized),
    Ignored(("guest", "cpus"), _SIZE, _unsized),
    Ignored(("guest", "memory_mb"), _SIZE, _unsized),
    Ignored(("guest", "max_memory_mb"), _SIZE, _unsized),
    Ignored(("guest", "gpus"), _SIZE, _unsized),
    Ignored(("guest", "gpu_kind"), _SIZE, _unsized),
    Ignored(("guest", "kernel_args"), _SIZE, _unsized),
    Ignored(("guest", "persist_rootfs"), _SIZE, _unsized),
    Ignored(("restart", "policy"), "Fly's default where none is said", _default_restart),
    Ignored(("restart", "max_retries"), "Fly's choice where none is said", _uncounted_restart),
    Ignored(("checks", EACH, "kind"), "Fly's default; no fly.toml can say it", _default_kind),
)


def considered(want: MachineConfig, have: Mapping[str, Any]) -> dict[str, Any]:
    """*have* without what is to be ignored beside *want*."""
    rest = deepcopy(dict(have))
    for rule in IGNORED:
        *way, key = rule.path
        for table in _tables(rest, way):
            if key in table and rule.when(want, table[key]):
                del table[key]
    return rest


def _tables(node: Any, way: Sequence[str]) -> Iterator[dict[str, Any]]:
    """The tables that lie at the end of *way* from *node*."""
    if way:
        for child in _children(node, way[0]):
            yield from _tables(child, way[1:])
    elif isinstance(node, dict):
        yield node


def _children(node: Any, key: str) -> Sequence[Any]:
    if key == EACH:
        return tuple(node.values() if isinstance(node, dict) else node)
    return (node[key],) if isinstance(node, dict) and key in node else ()
