"""What a deploy of a fly.toml makes of the machines of each process group."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path

from provision.errors import InvalidFile
from provision.fly_config.command_line import split
from provision.fly_config.config import Definition, FlyConfig
from provision.fly_config.groups import UnknownProcessGroup, of_group, process_groups, services_of
from provision.fly_config.guest import guest_of
from provision.fly_config.machine_model import (
    Init,
    MachineConfig,
    MachineFile,
    MachineMetrics,
    MachineMount,
    MachineRestart,
    MachineRestartPolicy,
    StopConfig,
)
from provision.fly_config.machine_service import machine_checks, machine_service
from provision.fly_config.sections import Experimental, File, Mount, RestartPolicy
from provision.fly_config.size import DiskSize
from provision.fly_config.undeployable import undeployable, unreadable

_RESTART_POLICIES = {
    RestartPolicy.ALWAYS: MachineRestartPolicy.ALWAYS,
    RestartPolicy.ON_FAILURE: MachineRestartPolicy.ON_FAILURE,
    RestartPolicy.NEVER: MachineRestartPolicy.NO,
}


def machine_config(
    config: FlyConfig, group: str, *, env: Mapping[str, str], directory: Path | None = None
) -> MachineConfig:
    """
    The config of a machine of *group* after a deploy of *config*.

    Args:
        config: The fly.toml.
        group: A process group of it.
        env: What the deploy is given with ``--env``.
        directory: The folder the deploy runs in, where files to copy are looked for; that of
            *config* if None.

    Raises:
        UnknownProcessGroup: *config* has no *group*.
        InvalidFile: flyctl accepts *config* and would fail to deploy it, or would add to the
            machines what cannot be known beforehand.

    Source: flyctl internal/appconfig/machines.go
    """
    if group not in process_groups(config):
        raise UnknownProcessGroup(group, process_groups(config))
    directory = directory or config.path.parent
    if mistakes := [*undeployable(config), *unreadable(config, directory)]:
        problems = [config.problem(mistake.path, mistake.message) for mistake in mistakes]
        raise InvalidFile(config.path, problems)
    return MachineConfig(
        env=_env(config, group, env),
        init=_init(config, group),
        guest=guest_of(config, group),
        mounts=tuple(map(_mount, of_group(config, group, config.mounts))),
        services=tuple(map(machine_service, services_of(config, group))),
        metrics=_metrics(config, group),
        checks=machine_checks(config, group),
        statics=config.statics,
        files=_files(config, directory),
        restart=_restart(config, group),
        stop_config=_stop_config(config),
    )


def _env(config: Definition, group: str, env: Mapping[str, str]) -> dict[str, str]:
    region = {"PRIMARY_REGION": config.primary_region} if config.primary_region else {}
    return {**config.env, **env, "FLY_PROCESS_GROUP": group, **region}


def _init(config: Definition, group: str) -> Init:
    experimental = config.experimental or Experimental()
    command = config.processes.get(group, "")
    return Init(
        exec=experimental.exec,
        entrypoint=experimental.entrypoint,
        cmd=split(command) if command else experimental.cmd,
        swap_size_mb=config.swap_size_mb,
    )


def _mount(mount: Mount) -> MachineMount:
    return MachineMount(
        path=mount.destination,
        name=mount.source,
        extend_threshold_percent=mount.auto_extend_size_threshold,
        add_size_gb=(mount.auto_extend_size_increment or DiskSize(0)).gb,
        size_gb_limit=(mount.auto_extend_size_limit or DiskSize(0)).gb,
    )


def _metrics(config: Definition, group: str) -> MachineMetrics | None:
    """A machine has one place to read metrics from; the first one said for its group counts."""
    found = of_group(config, group, config.metrics)
    return MachineMetrics(found[0].port, found[0].path, found[0].https) if found else None


def _files(config: Definition, directory: Path) -> tuple[MachineFile, ...]:
    """
    Every file of every group: flyctl copies them all to all machines.

    Of two for one path the later one counts, and takes the earlier one away if it is empty.
    """
    files: dict[str, MachineFile] = {}
    for file in config.files:
        found = _file(file, directory)
        if file.guest_path in files and found == MachineFile(file.guest_path):
            del files[file.guest_path]
        else:
            files[file.guest_path] = found
    return tuple(files.values())


def _file(file: File, directory: Path) -> MachineFile:
    if file.local_path:
        content = (directory / file.local_path).read_bytes()
        return MachineFile(file.guest_path, raw_value=b64encode(content).decode())
    if file.secret_name:
        return MachineFile(file.guest_path, secret_name=file.secret_name)
    if file.raw_value:
        return MachineFile(file.guest_path, raw_value=b64encode(file.raw_value.encode()).decode())
    return MachineFile(file.guest_path)


def _restart(config: Definition, group: str) -> MachineRestart | None:
    """Of several sections for one group the last one counts."""
    found = of_group(config, group, config.restart)
    if not found:
        return None
    return MachineRestart(_RESTART_POLICIES[found[-1].policy], found[-1].retries)


def _stop_config(config: Definition) -> StopConfig | None:
    if config.kill_timeout is None and config.kill_signal is None:
        return None
    return StopConfig(timeout=config.kill_timeout, signal=config.kill_signal)
