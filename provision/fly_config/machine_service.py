"""Services and checks of a fly.toml as a machine has them."""

from __future__ import annotations

from collections.abc import Mapping

from provision.fly_config.check import CheckType, HTTPCheck, TCPCheck, TopLevelCheck
from provision.fly_config.config import Definition
from provision.fly_config.groups import of_group
from provision.fly_config.machine_model import Header, MachineCheckConfig, MachineService
from provision.fly_config.service import Service


def machine_service(service: Service) -> MachineService:
    """
    *service* on a machine: ports as they are, its checks in one list.

    Source: flyctl internal/appconfig/service.go
    """
    return MachineService(
        protocol=service.protocol,
        internal_port=service.internal_port,
        autostop=service.auto_stop_machines,
        autostart=service.auto_start_machines,
        min_machines_running=service.min_machines_running,
        ports=service.ports,
        checks=(*map(_tcp_check, service.tcp_checks), *map(_http_check, service.http_checks)),
        concurrency=service.concurrency,
    )


def machine_checks(config: Definition, group: str) -> dict[str, MachineCheckConfig]:
    """
    Top-level checks of *group* by name.

    One without a port takes that of the group's http_service.

    Source: flyctl internal/appconfig/toplevelcheck.go
    """
    names = {id(check): name for name, check in config.checks.items()}
    port = http_port(config, group)
    checks = of_group(config, group, tuple(config.checks.values()))
    return {names[id(check)]: _top_level_check(check, port) for check in checks}


def http_port(config: Definition, group: str) -> int | None:
    """Internal port of the http_service, if that belongs to *group*."""
    sections = () if config.http_service is None else (config.http_service,)
    return next((http.internal_port for http in of_group(config, group, sections)), None)


def _tcp_check(check: TCPCheck) -> MachineCheckConfig:
    return MachineCheckConfig(
        type=CheckType.TCP,
        interval=check.interval,
        timeout=check.timeout,
        grace_period=check.grace_period,
    )


def _http_check(check: HTTPCheck) -> MachineCheckConfig:
    return MachineCheckConfig(
        type=CheckType.HTTP,
        interval=check.interval,
        timeout=check.timeout,
        grace_period=check.grace_period,
        method=check.method,
        path=check.path,
        protocol=check.protocol,
        tls_skip_verify=check.tls_skip_verify,
        tls_server_name=check.tls_server_name,
        headers=_headers(check.headers),
    )


def _top_level_check(check: TopLevelCheck, port: int | None) -> MachineCheckConfig:
    return MachineCheckConfig(
        type=check.type,
        port=port if check.port is None else check.port,
        interval=check.interval,
        timeout=check.timeout,
        grace_period=check.grace_period,
        # Only here flyctl writes the method in capitals.
        method=None if check.method is None else check.method.upper(),
        path=check.path,
        protocol=check.protocol,
        tls_skip_verify=check.tls_skip_verify,
        tls_server_name=check.tls_server_name,
        headers=_headers(check.headers),
    )


def _headers(headers: Mapping[str, str]) -> tuple[Header, ...]:
    return tuple(Header(name, (value,)) for name, value in headers.items())
