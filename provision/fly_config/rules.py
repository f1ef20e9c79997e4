"""What flyctl's validation refuses in a fly.toml whose every value has the right type."""

from __future__ import annotations

from collections.abc import Iterator

from provision.errors import did_you_mean
from provision.fly_config.command_line import split
from provision.fly_config.config import Definition
from provision.fly_config.duration import Duration
from provision.fly_config.groups import process_groups
from provision.fly_config.mistake import Mistake
from provision.fly_config.sections import Mount, Strategy
from provision.fly_config.size import DiskSize
from provision.toml_file import KeyPath

_SHORTEST_INTERVAL = Duration.parse("2s")
_LONGEST_TIMEOUT = Duration.parse("60s")
_THRESHOLDS = range(50, 100)
_INCREMENTS = range(1, 101)
_LIMITS = range(1, 501)
_RETENTIONS = range(1, 61)
_COMPRESSION_LEVELS = range(10)


def refused(config: Definition) -> Iterator[Mistake]:
    """
    What must be changed before flyctl takes *config*, wherever group names do not matter.

    Source: flyctl internal/appconfig/validation.go
    """
    yield from _build(config)
    yield from _deploy(config)
    yield from _checks(config)
    yield from _commands(config)
    for index, mount in enumerate(config.mounts):
        yield from _mount(mount, ("mounts", index))


def refused_groups(config: Definition) -> Iterator[Mistake]:
    """
    What names a process group that is not there, or fails to name one.

    Source: flyctl internal/appconfig/validation.go
    """
    sections: list[tuple[KeyPath, tuple[str, ...]]] = []
    if config.http_service is not None:
        sections.append((("http_service",), config.http_service.processes))
    sections += [(("services", i), service.processes) for i, service in enumerate(config.services)]
    for path, processes in sections:
        if config.processes and not processes:
            yield Mistake(path, f"say which of {_listed(config)} it belongs to: processes = [...]")
    sections += [(("restart", i), restart.processes) for i, restart in enumerate(config.restart)]
    for path, processes in sections:
        yield from unknown_groups(config, path, processes)


def unknown_groups(
    config: Definition, path: KeyPath, processes: tuple[str, ...]
) -> Iterator[Mistake]:
    """A mistake for each of *processes*, said at *path*, that is no process group of *config*."""
    known = process_groups(config)
    for index, group in enumerate(processes):
        if group not in known:
            message = f"no process group is called {group!r}; {did_you_mean(group, known)}"
            yield Mistake((*path, "processes", index), message)


def _listed(config: Definition) -> str:
    return ", ".join(process_groups(config))


def _build(config: Definition) -> Iterator[Mistake]:
    level = config.build.compression_level if config.build else None
    if level is not None and level not in _COMPRESSION_LEVELS:
        yield Mistake(("build", "compression_level"), f"must be between 0 and 9, not {level}")


def _deploy(config: Definition) -> Iterator[Mistake]:
    if config.deploy is None:
        return
    if config.deploy.strategy is Strategy.CANARY and config.mounts:
        message = "canary cannot replace machines with mounts; choose rolling or immediate"
        yield Mistake(("deploy", "strategy"), message)
    yield from _command(config.deploy.release_command, ("deploy", "release_command"))


def _commands(config: Definition) -> Iterator[Mistake]:
    yield from _command(config.console_command, ("console_command",))
    for group, command in config.processes.items():
        yield from _command(command, ("processes", group))


def _command(text: str, path: KeyPath) -> Iterator[Mistake]:
    try:
        split(text)
    except ValueError as error:
        yield Mistake(path, str(error))


def _checks(config: Definition) -> Iterator[Mistake]:
    for name, check in config.checks.items():
        if check.interval is not None and check.interval < _SHORTEST_INTERVAL:
            message = f"must be at least {_SHORTEST_INTERVAL}, not {check.interval}"
            yield Mistake(("checks", name, "interval"), message)
        if check.timeout is not None and check.timeout > _LONGEST_TIMEOUT:
            message = f"must be at most {_LONGEST_TIMEOUT}, not {check.timeout}"
            yield Mistake(("checks", name, "timeout"), message)


def _mount(mount: Mount, path: KeyPath) -> Iterator[Mistake]:
    for key in ("initial_size", "auto_extend_size_increment", "auto_extend_size_limit"):
        size: DiskSize | None = getattr(mount, key)
        if size is not None and size.gb < 1:
            yield Mistake((*path, key), "must be at least 1gb")
    retention = mount.snapshot_retention
    if retention is not None and retention not in _RETENTIONS:
        message = f"must be between 1 and 60 days, not {retention}"
        yield Mistake((*path, "snapshot_retention"), message)
    yield from _auto_extend(mount, path)


def _auto_extend(mount: Mount, path: KeyPath) -> Iterator[Mistake]:
    threshold = mount.auto_extend_size_threshold
    increment = mount.auto_extend_size_increment or DiskSize(0)
    limit = mount.auto_extend_size_limit or DiskSize(0)
    if not (threshold or increment.gb or limit.gb):
        return
    if threshold not in _THRESHOLDS:
        message = f"must be between 50 and 99 percent to extend the volume, not {threshold}"
        yield Mistake((*path, "auto_extend_size_threshold"), message)
    if increment.gb not in _INCREMENTS:
        message = f"must be between 1gb and 100gb to extend the volume, not {increment}"
        yield Mistake((*path, "auto_extend_size_increment"), message)
    if limit.gb and limit.gb not in _LIMITS:
        message = f"must be between 1gb and 500gb to extend the volume, not {limit}"
        yield Mistake((*path, "auto_extend_size_limit"), message)
