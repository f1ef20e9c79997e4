"""How many machines there are."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen


@frozen
class ScaleGroup:
    """How many machines a process group has, and of what size."""

    process: str
    count: int
    cpu_kind: str
    cpus: int
    memory: int
    regions: Mapping[str, int]
