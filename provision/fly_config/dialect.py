"""Brings the spellings that flyctl still accepts to the one it writes today."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import date, time
from typing import Any

from provision.fly_config.duration import Duration
from provision.fly_config.go_text import go_date, go_text
from provision.fly_config.patch import Patch, each, patched

ALIASES = {
    "vm": ("compute", "computes", "vm"),
    "mounts": ("mount", "mounts"),
    "metrics": ("metric", "metrics"),
}
"""Sections that go by several names."""

_WHOLE = re.compile(r"[+-]?[0-9]+")
_LIMITS = re.compile(r"([+-]?[0-9]+),([+-]?[0-9]+)")
_SECOND = 1_000_000_000
_MILLISECOND = 1_000_000


def modern(content: Mapping[str, Any]) -> dict[str, Any]:
    """
    *content* of a fly.toml with each section in its present form.

    What has no present form stays as it is, for the reader of types to complain about.

    Source: flyctl internal/appconfig/patches.go
    """
    sections = {
        name: value if name == "env" else _plain(value) for name, value in _joined(content).items()
    }
    present: dict[str, Any] = patched(sections, _PATCHES)
    return {name: value for name, value in present.items() if value is not None}


def _joined(content: Mapping[str, Any]) -> dict[str, Any]:
    """Sections of several names under the one name that is left."""
    aliases = {alias for names in ALIASES.values() for alias in names}
    sections = {name: value for name, value in content.items() if name not in aliases}
    for name, spellings in ALIASES.items():
        parts = [_tables(content[spelling]) for spelling in spellings if spelling in content]
        odd = [part for part in parts if not _is_tables(part)]
        if parts:
            sections[name] = odd[0] if odd else [table for part in parts for table in part]
    return sections


def _plain(value: Any) -> Any:
    """A copy of *value* with its dates as text, as JSON has them."""
    match value:
        case dict():
            return {key: _plain(item) for key, item in value.items()}
        case list():
            return [_plain(item) for item in value]
        case date() | time():
            return go_date(value)
        case _:
            return value


def _tables(value: Any) -> Any:
    """A single table becomes a list of one."""
    return [value] if isinstance(value, dict) else value


def _is_tables(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)


def _each(value: Any, patches: Mapping[str, Patch]) -> Any:
    """The list of tables *value*, or the single table, with some keys of each patched."""
    tables = _tables(value)
    return each(tables, lambda table: patched(table, patches)) if _is_tables(tables) else value


def _env(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: go_text(item) for key, item in value.items()}
    tables = [_env(item) for item in value] if isinstance(value, list) else [value]
    if not _is_tables(tables):
        return value
    return {key: item for table in tables for key, item in table.items()}


def _services(value: Any) -> Any:
    services = _each(value, _SERVICE)
    return [item for item in services if item != {}] if _is_tables(services) else services


def _concurrency(value: Any) -> Any:
    """``20,25`` are the soft and the hard limit."""
    limits = _LIMITS.fullmatch(value) if isinstance(value, str) else None
    if limits is None:
        return value
    return {"type": "requests", "soft_limit": int(limits[1]), "hard_limit": int(limits[2])}


def _whole(value: Any) -> Any:
    """A number in quotes, or one whose fraction flyctl cuts off."""
    match value:
        case str() if _WHOLE.fullmatch(value):
            return int(value)
        case float() if math.isfinite(value):
            return int(value)
        case _:
            return value


def _checks(value: Any) -> Any:
    """Service checks; an empty list is none."""
    return _each(value, _CHECK)


def _headers(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: go_text(text) for name, text in value.items()}
    if _is_tables(value) and all("name" in header for header in value):
        return {go_text(header["name"]): go_text(header.get("value", "")) for header in value}
    return value


def _duration(value: Any, unit: int) -> Any:
    """A bare number counts *unit*; what is neither text nor a number is as good as not said."""
    if isinstance(value, str):
        return value or None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return Duration(int(value) * unit)


def _processes(value: Any) -> Any:
    """The old list of tables; what has no name in it is dropped, as flyctl drops it."""
    if not isinstance(value, list):
        return value
    named = [item for item in value if isinstance(item, dict) and "name" in item]
    return {go_text(item["name"]): go_text(item.get("command", "")) for item in named}


def _words(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _top_level_checks(value: Any) -> Any:
    if _is_tables(value) and all(isinstance(check.get("name"), str) for check in value):
        return {check["name"]: patched(check, _CHECK) for check in value}
    if not isinstance(value, dict):
        return value
    return {name: patched(check, _CHECK) for name, check in value.items()}


def _build(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return {"build_target" if key == "build-target" else key: item for key, item in value.items()}


_CHECK: dict[str, Patch] = {
    "interval": lambda value: _duration(value, _MILLISECOND),
    "timeout": lambda value: _duration(value, _MILLISECOND),
    "grace_period": lambda value: _duration(value, _MILLISECOND),
    "headers": _headers,
}
_SERVICE: dict[str, Patch] = {
    "concurrency": _concurrency,
    "internal_port": _whole,
    "ports": lambda value: _each(value, {"port": _whole}),
    "tcp_checks": _checks,
    "http_checks": _checks,
}
_EXPERIMENTAL: dict[str, Patch] = {"cmd": _words, "entrypoint": _words, "exec": _words}
_PATCHES: dict[str, Patch] = {
    "env": _env,
    "services": _services,
    "processes": _processes,
    "experimental": lambda value: patched(value, _EXPERIMENTAL),
    "checks": _top_level_checks,
    "vm": lambda value: _each(value, {"memory": go_text}),
    "mounts": lambda value: _each(value, {"initial_size": go_text}),
    "kill_timeout": lambda value: _duration(value, _SECOND),
    "build": _build,
}
