"""Public addresses that a fly.toml calls for."""

from __future__ import annotations

from enum import Enum

from provision.fly_config.config import Definition
from provision.fly_config.port import Port

_WEB_HANDLERS = {80: ["http"], 443: ["http", "tls"]}


class Addresses(Enum):
    """
    Which public addresses an app needs for its services to be reached.

    Attributes:
        NONE: It has no services.
        SHARED: Its services are the web on its own ports; an IPv4 address may be shared.
        DEDICATED: It needs an IPv4 address of its own, which costs money.
    """

    NONE = "none"
    SHARED = "shared"
    DEDICATED = "dedicated"


def addresses(config: Definition) -> Addresses:
    """
    Which addresses flyctl would allocate on a first deploy of *config*, were it allowed to.

    Source: flyctl internal/appconfig/config.go
    """
    if not config.all_services:
        return Addresses.NONE
    if any(service.protocol == "udp" for service in config.services):
        return Addresses.DEDICATED
    over_tcp = (service for service in config.services if service.protocol == "tcp")
    if all(_is_web(port) for service in over_tcp for port in service.ports):
        return Addresses.SHARED
    return Addresses.DEDICATED


def _is_web(port: Port) -> bool:
    """One of the two ports of the web, with the handlers of the web."""
    numbers = (number for ports in port.ranges for number in range(ports.start, ports.end + 1))
    return all(sorted(port.handlers) == _WEB_HANDLERS.get(number) for number in numbers)
