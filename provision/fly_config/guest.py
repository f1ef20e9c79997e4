"""Sizes of machines: Fly's presets, and what the ``[[vm]]`` sections make of them."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from provision.errors import did_you_mean
from provision.fly_config.config import Definition
from provision.fly_config.machine_model import Guest
from provision.fly_config.mistake import Mistake
from provision.fly_config.sections import Compute
from provision.fly_config.size import Memory
from provision.toml_file import KeyPath

_SHARED_MEMORY_MB = 256
_PERFORMANCE_MEMORY_MB = 2048
_GPUS = {"a100-40gb": "a100-pcie-40gb", "a100-80gb": "a100-sxm4-80gb", "l40s": "l40s", "a10": "a10"}
_DEFAULT_SIZE = "shared-cpu-1x"
_DEFAULT_GPU_SIZE = "performance-8x"


def _presets() -> Iterator[tuple[str, Guest]]:
    for cpus in (1, 2, 4, 6, 8):
        yield f"shared-cpu-{cpus}x", Guest("shared", cpus, cpus * _SHARED_MEMORY_MB)
    for cpus in (1, 2, 4, 6, 8, 10, 12, 14, 16):
        yield f"performance-{cpus}x", Guest("performance", cpus, cpus * _PERFORMANCE_MEMORY_MB)
    for size, kind in _GPUS.items():
        yield size, Guest("performance", 8, 16 * _PERFORMANCE_MEMORY_MB, gpus=1, gpu_kind=kind)


PRESETS = dict(_presets())
"""
What Fly sells by name.

Source: flyctl uses fly-go machine_types.go
"""


def guest_of(config: Definition, group: str) -> Guest | None:
    """
    Size of the machines of *group*; None where the fly.toml leaves it open.

    Without a ``[[vm]]`` section at most the dedicated host is known.

    Raises:
        KeyError: there is no machine size of that name, as `unsizable` tells.
        ValueError: the memory is no size, as `unsizable` tells.

    Source: flyctl internal/appconfig/machines.go
    """
    compute = _compute_of(config, group)
    if compute is None:
        host = config.host_dedication_id
        return Guest(host_dedication_id=host) if host else None
    guest = PRESETS[_size(compute)]
    if compute.memory:
        guest = attrs.evolve(guest, memory_mb=Memory.parse(compute.memory).mb)
    overrides = {name: getattr(compute, name) for name in attrs.fields_dict(Guest)}
    guest = attrs.evolve(guest, **{name: value for name, value in overrides.items() if value})
    host = config.host_dedication_id or guest.host_dedication_id
    return attrs.evolve(guest, host_dedication_id=host)


def has_gpu(config: Definition, group: str) -> bool:
    """Whether the machines of *group* have a GPU, as far as the fly.toml says."""
    compute = _compute_of(config, group)
    return compute is not None and bool(compute.gpu_kind or compute.size in _GPUS)


def unsizable(config: Definition) -> Iterator[Mistake]:
    """Sizes that flyctl's validation lets pass, and its deploys fail on."""
    for index, compute in enumerate(config.vm):
        yield from _unsizable(compute, ("vm", index))
    if config.deploy and config.deploy.release_command and config.deploy.release_command_vm:
        yield from _unsizable(config.deploy.release_command_vm, ("deploy", "release_command_vm"))


def _unsizable(compute: Compute, path: KeyPath) -> Iterator[Mistake]:
    if (size := _size(compute)) not in PRESETS:
        message = f"there is no machine size {size!r}; {did_you_mean(size, list(PRESETS))}"
        yield Mistake((*path, "size"), message)
    try:
        if compute.memory and not Memory.parse(compute.memory).mb:
            yield Mistake((*path, "memory"), "a machine needs memory")
    except ValueError as error:
        yield Mistake((*path, "memory"), str(error))


def _compute_of(config: Definition, group: str) -> Compute | None:
    """The last section that names *group*, or else the first that is for all."""
    named = [compute for compute in config.vm if group in compute.processes]
    general = [compute for compute in config.vm if not compute.processes]
    return named[-1] if named else next(iter(general), None)


def _size(compute: Compute) -> str:
    return compute.size or (_DEFAULT_GPU_SIZE if compute.gpu_kind else _DEFAULT_SIZE)
