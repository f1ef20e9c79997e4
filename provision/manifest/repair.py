"""Puts harmless values where a manifest is mistaken, so that all the rest can still be judged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import deepcopy
from enum import Enum
from pathlib import Path
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints

import attrs

from provision.fly_config.duration import Duration
from provision.manifest.models import Manifest
from provision.manifest.spelling import key
from provision.toml_file import KeyPath


def repaired(content: Mapping[str, Any], mistaken: Iterable[KeyPath]) -> dict[str, Any]:
    """A copy of *content* that structures, whatever stood at the paths in *mistaken*."""
    copy = deepcopy(dict(content))
    for path in mistaken:
        _repair(copy, Manifest, path)
    return copy


def _repair(table: Any, kind: Any, path: KeyPath) -> None:
    here, *rest = path
    inner = _kind_of(kind, here)
    if inner is None:
        # Nobody knows the key: without it the rest is as good.
        table.pop(here, None)
    elif rest and _holds(table, here):
        _repair(table[here], inner, tuple(rest))
    elif NoneType in get_args(inner):
        table.pop(here, None)
    elif isinstance(table, list):
        table[int(here)] = _harmless(inner)
    else:
        table[here] = _harmless(inner)


def _holds(table: Any, here: str | int) -> bool:
    """Whether *table* has something at *here* that itself holds something."""
    if isinstance(table, list):
        return isinstance(table[int(here)], dict | list)
    return isinstance(table.get(here), dict | list)


def _kind_of(kind: Any, here: str | int) -> Any:
    """The type of what *here* names in a *kind*; None if it names nothing."""
    said = bare(kind)
    if get_origin(said) is Mapping:
        return get_args(said)[1]
    if get_origin(said) is tuple:
        return get_args(said)[0]
    hints = get_type_hints(said)
    return next((hints[a.name] for a in attrs.fields(said) if key(a) == here), None)


def bare(kind: Any) -> Any:
    """*kind* without the None it may be in place of."""
    if NoneType not in get_args(kind):
        return kind
    return next(k for k in get_args(kind) if k is not NoneType)


def _harmless(kind: Any) -> Any:
    if get_origin(kind) is Mapping:
        return {}
    if get_origin(kind) is tuple:
        return []
    if attrs.has(kind) and kind is not Duration:
        hints = get_type_hints(kind)
        required = (a for a in attrs.fields(kind) if a.default is attrs.NOTHING)
        return {key(a): _harmless(hints[a.name]) for a in required}
    if issubclass(kind, Enum):
        return next(iter(kind)).value
    return {str: "x", Path: "x", bool: False, int: 1, Duration: "1s"}[kind]
