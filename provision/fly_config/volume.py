"""Volumes that a first deploy of a fly.toml creates."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import frozen

from provision.fly_config.config import Definition
from provision.fly_config.groups import of_group, process_groups
from provision.fly_config.guest import has_gpu
from provision.fly_config.size import DiskSize

_DEFAULT_SIZE = DiskSize(1)
_DEFAULT_GPU_SIZE = DiskSize(100)


@frozen
class NeededVolume:
    """
    A volume that a machine of a process group mounts.

    Attributes:
        snapshot_retention: In days; None leaves it to Fly.
        scheduled_snapshots: None leaves it to Fly.
    """

    group: str
    name: str
    size: DiskSize
    snapshot_retention: int | None = None
    scheduled_snapshots: bool | None = None


def needed_volumes(config: Definition) -> tuple[NeededVolume, ...]:
    """
    What each machine of each process group mounts, with the size a first deploy gives it.

    Source: flyctl internal/command/deploy/deploy_first.go
    """
    return tuple(_needed(config))


def _needed(config: Definition) -> Iterator[NeededVolume]:
    for group in process_groups(config):
        default = _DEFAULT_GPU_SIZE if has_gpu(config, group) else _DEFAULT_SIZE
        for mount in of_group(config, group, config.mounts):
            yield NeededVolume(
                group=group,
                name=mount.source,
                size=mount.initial_size or default,
                snapshot_retention=mount.snapshot_retention,
                scheduled_snapshots=mount.scheduled_snapshots,
            )
