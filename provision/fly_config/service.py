"""Services: what the proxy offers to the outside and where it finds it inside."""

from __future__ import annotations

from enum import Enum

from attrs import frozen

from provision.fly_config.check import HTTPCheck, MachineCheck, TCPCheck
from provision.fly_config.port import HTTPOptions, Port, TLSOptions


class Autostop(Enum):
    """What becomes of a machine nobody talks to."""

    OFF = "off"
    STOP = "stop"
    SUSPEND = "suspend"


@frozen
class Concurrency:
    """
    How much one machine takes.

    Attributes:
        type: ``requests`` or ``connections``.
        hard_limit: 0 is none.
        soft_limit: From here on another machine is preferred; 0 is none.
    """

    type: str = ""
    hard_limit: int = 0
    soft_limit: int = 0


@frozen
class Service:
    """
    A service of ``[[services]]``.

    Attributes:
        internal_port: Where the app listens; 0 is not said.
        auto_stop_machines: None is not said, which Fly takes for off.
        processes: Process groups it belongs to; the default one if empty.
    """

    protocol: str = ""
    internal_port: int = 0
    auto_stop_machines: Autostop | None = None
    auto_start_machines: bool | None = None
    min_machines_running: int | None = None
    ports: tuple[Port, ...] = ()
    concurrency: Concurrency | None = None
    tcp_checks: tuple[TCPCheck, ...] = ()
    http_checks: tuple[HTTPCheck, ...] = ()
    machine_checks: tuple[MachineCheck, ...] = ()
    processes: tuple[str, ...] = ()


@frozen
class HTTPService:
    """
    The short form of a service: the web, on ports 80 and 443.

    Attributes:
        internal_port: Where the app listens; 0 is not said.
        auto_stop_machines: None is not said, which Fly takes for off.
        processes: Process groups it belongs to; the default one if empty.
    """

    internal_port: int = 0
    force_https: bool = False
    auto_stop_machines: Autostop | None = None
    auto_start_machines: bool | None = None
    min_machines_running: int | None = None
    processes: tuple[str, ...] = ()
    concurrency: Concurrency | None = None
    tls_options: TLSOptions | None = None
    http_options: HTTPOptions | None = None
    checks: tuple[HTTPCheck, ...] = ()
    machine_checks: tuple[MachineCheck, ...] = ()

    @property
    def service(self) -> Service:
        """
        The same service in the long form.

        Source: flyctl internal/appconfig/service.go
        """
        http = Port(
            port=80,
            handlers=("http",),
            force_https=self.force_https,
            http_options=self.http_options,
        )
        https = Port(
            port=443,
            handlers=("http", "tls"),
            http_options=self.http_options,
            tls_options=self.tls_options,
        )
        return Service(
            protocol="tcp",
            internal_port=self.internal_port,
            auto_stop_machines=self.auto_stop_machines,
            auto_start_machines=self.auto_start_machines,
            min_machines_running=self.min_machines_running,
            ports=(http, https),
            concurrency=self.concurrency,
            http_checks=self.checks,
            machine_checks=self.machine_checks,
            processes=self.processes,
        )
