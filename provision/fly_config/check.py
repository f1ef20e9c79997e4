"""Health checks as a fly.toml declares them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from attrs import field, frozen

from provision.fly_config.duration import Duration


class CheckType(Enum):
    """How a check reaches the app."""

    HTTP = "http"
    TCP = "tcp"


@frozen
class TCPCheck:
    """A service is healthy while its port accepts connections."""

    interval: Duration | None = None
    timeout: Duration | None = None
    grace_period: Duration | None = None


@frozen
class HTTPCheck:
    """A service is healthy while it answers a request with a 2xx."""

    interval: Duration | None = None
    timeout: Duration | None = None
    grace_period: Duration | None = None
    method: str | None = None
    path: str | None = None
    protocol: str | None = None
    tls_skip_verify: bool | None = None
    tls_server_name: str | None = None
    headers: Mapping[str, str] = field(factory=dict)


@frozen
class TopLevelCheck:
    """
    A check of ``[checks]``, bound to no service.

    Attributes:
        port: That of the group's http_service if None.
        processes: Process groups it belongs to; the default one if empty.
    """

    type: CheckType
    port: int | None = None
    interval: Duration | None = None
    timeout: Duration | None = None
    grace_period: Duration | None = None
    method: str | None = None
    path: str | None = None
    protocol: str | None = None
    tls_skip_verify: bool | None = None
    tls_server_name: str | None = None
    headers: Mapping[str, str] = field(factory=dict)
    processes: tuple[str, ...] = ()


@frozen
class MachineCheck:
    """A short-lived machine that tests a new one during a deploy."""

    command: tuple[str, ...] = ()
    image: str = ""
    entrypoint: tuple[str, ...] = ()
    kill_signal: str | None = None
    kill_timeout: Duration | None = None
