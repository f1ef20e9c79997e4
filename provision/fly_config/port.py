"""Ports of a service and what Fly's proxy does on them; alike in a fly.toml and on a machine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NewType

from attrs import field, frozen

UInt32 = NewType("UInt32", int)
"""A whole number from 0 to 4294967295."""

LAST_PORT = 65535

ALWAYS: Final = {"written": "always"}
"""Metadata of a field that a machine config has even where nothing is said."""


@frozen
class PortRange:
    """Neighbouring ports, both ends included."""

    start: int
    end: int

    def __contains__(self, port: int) -> bool:
        return self.start <= port <= self.end

    def __len__(self) -> int:
        return max(0, self.end - self.start + 1)

    def __str__(self) -> str:
        return str(self.start) if self.start == self.end else f"{self.start}-{self.end}"


@frozen
class TLSOptions:
    """How the proxy speaks TLS."""

    alpn: tuple[str, ...] = ()
    versions: tuple[str, ...] = ()
    default_self_signed: bool | None = None


@frozen
class HTTPResponse:
    """
    What the proxy does to every answer.

    Attributes:
        headers: Text, several texts, or False to take the header away.
    """

    headers: Mapping[str, Any] = field(factory=dict)
    pristine: bool | None = None


@frozen
class ReplayCache:
    """How long the proxy remembers where it was told to replay a request."""

    path_prefix: str = field(default="", metadata=ALWAYS)
    ttl_seconds: int = field(default=0, metadata=ALWAYS)
    type: str = field(default="", metadata=ALWAYS)
    name: str = field(default="", metadata=ALWAYS)
    allow_bypass: bool = False


@frozen
class HTTPOptions:
    """
    How the proxy speaks HTTP.

    Attributes:
        idle_timeout: In seconds.
        headers_read_timeout: In seconds.
    """

    compress: bool | None = None
    response: HTTPResponse | None = None
    h2_backend: bool | None = None
    idle_timeout: UInt32 | None = None
    headers_read_timeout: UInt32 | None = None
    replay_cache: tuple[ReplayCache, ...] = ()


@frozen
class ProxyProtoOptions:
    """How the proxy tells the app who called."""

    version: str = ""


@frozen
class Port:
    """
    One port or a range of ports the proxy listens on.

    Attributes:
        port: A single port.
        start_port: First of a range; flyctl reads an end without a start as starting at 0.
        end_port: Last of a range; a start without an end goes up to the last port there is.
    """

    port: int | None = None
    start_port: int | None = None
    end_port: int | None = None
    handlers: tuple[str, ...] = ()
    force_https: bool = False
    tls_options: TLSOptions | None = None
    http_options: HTTPOptions | None = None
    proxy_proto_options: ProxyProtoOptions | None = None

    @property
    def ranges(self) -> tuple[PortRange, ...]:
        """
        Every port named here; both forms may stand side by side.

        Source: flyctl uses fly-go machine_types.go
        """
        single = () if self.port is None else (PortRange(self.port, self.port),)
        if self.start_port is None and self.end_port is None:
            return single
        end = LAST_PORT if self.end_port is None else self.end_port
        return (*single, PortRange(self.start_port or 0, end))
