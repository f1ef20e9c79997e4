"""Finds keys that nobody reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints

import attrs

from provision.errors import did_you_mean
from provision.fly_config.config import Definition
from provision.fly_config.mistake import Mistake
from provision.toml_file import KeyPath

UNCHECKED_SECTIONS = frozenset({"services", "mounts", "vm", "metrics"})
"""
Where flyctl's strict validation does not look for unknown keys.

Source: flyctl internal/appconfig/strict_validate.go
"""


def unknown_keys(content: Mapping[str, Any]) -> tuple[Mistake, ...]:
    """Every key of *content*, in its modern form, that is no key of a fly.toml."""
    return tuple(_in_table(content, Definition, ()))


def _in_table(table: Mapping[str, Any], kind: type, path: KeyPath) -> Iterator[Mistake]:
    types = _types(kind)
    for key, value in table.items():
        known = key.casefold() if path and path[0] in UNCHECKED_SECTIONS else key
        if known in types:
            yield from _in_value(value, types[known], (*path, key))
        else:
            message = f"unknown key; {did_you_mean(key.lower(), sorted(types))}"
            yield Mistake((*path, key), message)


def _in_value(value: Any, kind: Any, path: KeyPath) -> Iterator[Mistake]:
    if isinstance(value, dict) and attrs.has(kind):
        yield from _in_table(value, kind, path)
    elif isinstance(value, dict) and get_origin(kind) is Mapping:
        for key, item in value.items():
            yield from _in_value(item, get_args(kind)[1], (*path, key))
    elif isinstance(value, list) and get_origin(kind) is tuple:
        for index, item in enumerate(value):
            yield from _in_value(item, get_args(kind)[0], (*path, index))


@cache
def _types(kind: type) -> dict[str, Any]:
    """Type of each key of the class *kind*, without its None."""
    hints = get_type_hints(kind)
    return {name: _without_none(hints[name]) for name in attrs.fields_dict(kind)}


def _without_none(kind: Any) -> Any:
    kinds = [item for item in get_args(kind) if item is not NoneType]
    return kinds[0] if NoneType in get_args(kind) else kind
