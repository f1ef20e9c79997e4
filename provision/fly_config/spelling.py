"""Gives every value of a machine config one spelling of those that mean the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from provision.fly_config.duration import Duration
from provision.fly_config.service import Autostop

_AUTOSTOP = {False: Autostop.OFF.value, True: Autostop.STOP.value}


def normal(config: Mapping[str, Any]) -> dict[str, Any]:
    """
    *config* with durations, autostop, ports and headers in one spelling, and nothing empty.

    What is of no known form stays as it is, so that it shows.
    """
    found: dict[str, Any] = _said(_patched(config, _CONFIG))
    return found


def _patched(table: Any, patches: Mapping[str, Callable[[Any], Any]]) -> Any:
    if not isinstance(table, Mapping):
        return table
    return {key: patches[key](value) if key in patches else value for key, value in table.items()}


def _each(tables: Any, patch: Callable[[Any], Any]) -> Any:
    return [patch(table) for table in tables] if isinstance(tables, list) else tables


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
    return _patched(value, _SERVICE)


def _check(value: Any) -> Any:
    return _patched(value, _CHECK)


def _checks(value: Any) -> Any:
    checks = value.items() if isinstance(value, Mapping) else ()
    return {name: _check(check) for name, check in checks} or value


_CHECK: dict[str, Callable[[Any], Any]] = {
    "interval": _duration,
    "timeout": _duration,
    "grace_period": _duration,
    "headers": _headers,
}
_SERVICE: dict[str, Callable[[Any], Any]] = {
    "autostop": _autostop,
    "ports": lambda value: _each(value, _port),
    "checks": lambda value: _each(value, _check),
}
_CONFIG: dict[str, Callable[[Any], Any]] = {
    "services": lambda value: _each(value, _service),
    "checks": _checks,
    "stop_config": lambda value: _patched(value, {"timeout": _duration}),
}
