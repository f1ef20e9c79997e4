"""Gives every value of a machine config one spelling of those that mean the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from provision.fly_config.duration import Duration
from provision.fly_config.patch import Patch, each, patched
from provision.fly_config.service import Autostop

_AUTOSTOP = {False: Autostop.OFF.value, True: Autostop.STOP.value}


def normal(config: Mapping[str, Any]) -> dict[str, Any]:
    """
    *config* with durations, autostop, ports and headers in one spelling, and nothing empty.

    What is of no known form stays as it is, so that it shows.
    """
    found: dict[str, Any] = _said(patched(config, _CONFIG))
    return found


def _said(value: Any) -> Any:
    """Without nulls, empty tables and empty lists, which say as much as what is not there."""
    if isinstance(value, Mapping):
        items = {key: _said(item) for key, item in value.items()}
        return {key: item for key, item in items.items() if item not in (None, {}, [])}
    return [_said(item) for item in value] if isinstance(value, list) else value


def _duration(value: Any) -> Any:
    """``15000ms`` is ``15s``."""
    try:
        return str(Duration.parse(value)) if isinstance(value, str) else value
    except ValueError:
        return value


def _autostop(value: Any) -> Any:
    """The Machines API still says true for stop and false for off."""
    return _AUTOSTOP[value] if isinstance(value, bool) else value


def _port(value: Any) -> Any:
    """A range of one port is a port."""
    if not isinstance(value, Mapping) or value.get("port") is not None:
        return value
    start, end = value.get("start_port"), value.get("end_port")
    if start is None or start != end:
        return value
    rest = {key: item for key, item in value.items() if key not in ("start_port", "end_port")}
    return {"port": start, **rest}


def _headers(value: Any) -> Any:
    """The order of headers means nothing, and flyctl sends them in any."""
    try:
        return {header["name"]: header["values"] for header in value}
    except (KeyError, TypeError):
        return value


def _service(value: Any) -> Any:
    return patched(value, _SERVICE)


def _check(value: Any) -> Any:
    return patched(value, _CHECK)


def _checks(value: Any) -> Any:
    checks = value.items() if isinstance(value, Mapping) else ()
    return {name: _check(check) for name, check in checks} or value


_CHECK: dict[str, Patch] = {
    "interval": _duration,
    "timeout": _duration,
    "grace_period": _duration,
    "headers": _headers,
}
_SERVICE: dict[str, Patch] = {
    "autostop": _autostop,
    "ports": lambda value: each(value, _port),
    "checks": lambda value: each(value, _check),
}
_CONFIG: dict[str, Patch] = {
    "services": lambda value: each(value, _service),
    "checks": _checks,
    "stop_config": lambda value: patched(value, {"timeout": _duration}),
}
