"""What flyctl accepts in a fly.toml although it will hardly do what its author meant."""

from __future__ import annotations

from collections.abc import Iterator

from provision.fly_config.check import HTTPCheck, TCPCheck
from provision.fly_config.config import Definition
from provision.fly_config.duration import Duration
from provision.fly_config.groups import autostop, of_group, process_groups
from provision.fly_config.guest import guest_of, unsizable
from provision.fly_config.mistake import Mistake
from provision.fly_config.port import LAST_PORT, PortRange
from provision.fly_config.rules import unknown_groups
from provision.fly_config.sections import Build
from provision.fly_config.service import Autostop, Service
from provision.toml_file import KeyPath

_PORTS = PortRange(1, LAST_PORT)
_PROTOCOLS = ("tcp", "udp")
_SECOND = Duration.parse("1s")
_MINUTE = Duration.parse("1m")
_MILLISECOND = Duration.parse("1ms")
_LARGEST_SUSPENDED_MB = 2048


def warnings(config: Definition) -> Iterator[Mistake]:
    """All of it, section by section."""
    if config.http_service is not None:
        yield from _service(config.http_service.service, ("http_service",), "checks")
    for index, service in enumerate(config.services):
        yield from _service(service, ("services", index), "http_checks")
        yield from _protocol(service, ("services", index))
    yield from _groups(config)
    yield from _one_of_several(config)
    yield from _deploy(config)
    yield from _build(config.build or Build())
    yield from _suspend(config)


def _service(service: Service, path: KeyPath, http_checks: str) -> Iterator[Mistake]:
    if not service.internal_port:
        yield Mistake((*path, "internal_port"), "is not said; the proxy cannot reach the app")
    elif service.internal_port not in _PORTS:
        yield Mistake((*path, "internal_port"), f"{service.internal_port} is no port")
    if not service.ports:
        yield Mistake((*path, "ports"), "there are none; nobody can reach the service")
    for index, port in enumerate(service.ports):
        for ports in port.ranges:
            if not len(ports) or ports.start not in _PORTS or ports.end not in _PORTS:
                yield Mistake((*path, "ports", index), f"{ports} is no range of ports")
    for index, tcp_check in enumerate(service.tcp_checks):
        yield from _check(tcp_check, (*path, "tcp_checks", index))
    for index, http_check in enumerate(service.http_checks):
        yield from _check(http_check, (*path, http_checks, index))


def _protocol(service: Service, path: KeyPath) -> Iterator[Mistake]:
    if service.protocol not in _PROTOCOLS:
        message = f"{service.protocol!r} is no protocol Fly knows; choose tcp or udp"
        yield Mistake((*path, "protocol"), message)


def _check(check: HTTPCheck | TCPCheck, path: KeyPath) -> Iterator[Mistake]:
    """
    What Fly makes of durations it does not allow.

    Source: flyctl internal/appconfig/validation.go
    """
    for key in ("interval", "timeout", "grace_period"):
        said: Duration | None = getattr(check, key)
        if said is None or (key == "grace_period" and said == Duration(0)):
            continue
        if said < _SECOND:
            yield Mistake((*path, key), f"{said} is raised to 1s{_nanoseconds(said)}")
        elif said > _MINUTE:
            yield Mistake((*path, key), f"{said} is lowered to 1m")


def _nanoseconds(said: Duration) -> str:
    if Duration(0) < said < _MILLISECOND:
        return "; flyctl counts a bare number here in nanoseconds, so write a unit"
    return ""


def _groups(config: Definition) -> Iterator[Mistake]:
    """Sections of a group that is not there belong to no machine at all."""
    for name in ("mounts", "metrics", "vm", "files"):
        for index, section in enumerate(getattr(config, name)):
            yield from unknown_groups(config, (name, index), section.processes)
    for name, check in config.checks.items():
        yield from unknown_groups(config, ("checks", name), check.processes)
    for index, file in enumerate(config.files):
        if file.processes and len(process_groups(config)) > 1:
            message = "flyctl copies the file to the machines of every group all the same"
            yield Mistake(("files", index, "processes"), message)


def _one_of_several(config: Definition) -> Iterator[Mistake]:
    for group in process_groups(config):
        if len(of_group(config, group, config.mounts)) > 1:
            message = f"group {group!r} has several; a machine gets a volume only for the first"
            yield Mistake(("mounts",), message)
        if len(of_group(config, group, config.metrics)) > 1:
            yield Mistake(("metrics",), f"group {group!r} has several; only the first counts")
        if len(of_group(config, group, config.restart)) > 1:
            yield Mistake(("restart",), f"group {group!r} has several; only the last counts")


def _deploy(config: Definition) -> Iterator[Mistake]:
    for key in ("wait_timeout", "release_command_timeout"):
        said: Duration | None = getattr(config.deploy, key, None)
        if said is not None and _nanoseconds(said):
            yield Mistake(("deploy", key), f"is only {said}{_nanoseconds(said)}")


def _build(build: Build) -> Iterator[Mistake]:
    """
    Several ways to an image, of which flyctl takes one.

    Source: flyctl internal/appconfig/config.go
    """
    ways = {
        "image": build.image,
        "a buildpack": build.builder or build.buildpacks,
        "a Dockerfile": build.dockerfile or build.build_target,
        "builtin": build.builtin,
    }
    said = [way for way, value in ways.items() if value]
    if len(said) > 1:
        yield Mistake(("build",), f"names more than one way to an image: {', '.join(said)}")


def _suspend(config: Definition) -> Iterator[Mistake]:
    """Fly suspends only machines without swap and with at most 2 GB of memory."""
    sleepy = [one for one in process_groups(config) if autostop(config, one) is Autostop.SUSPEND]
    if config.swap_size_mb and sleepy:
        message = f"machines of {', '.join(sleepy)} stop instead of being suspended: they swap"
        yield Mistake(("swap_size_mb",), message)
    if list(unsizable(config)):
        return
    for group in sleepy:
        guest = guest_of(config, group)
        if guest is not None and guest.memory_mb > _LARGEST_SUSPENDED_MB:
            message = (
                f"machines of {group} stop instead of being suspended: "
                f"they have more than {_LARGEST_SUSPENDED_MB}mb of memory"
            )
            yield Mistake(("vm",), message)
