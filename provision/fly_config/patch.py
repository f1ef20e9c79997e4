"""Applies functions to chosen keys of tables whose form is not certain yet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Patch = Callable[[Any], Any]


def patched(table: Any, patches: Mapping[str, Patch]) -> Any:
    """*table* with the values of some keys replaced; what is no table stays as it is."""
    if not isinstance(table, Mapping):
        return table
    return {key: patches[key](value) if key in patches else value for key, value in table.items()}


def each(tables: Any, patch: Patch) -> Any:
    """*tables* with *patch* applied to every one; what is no list stays as it is."""
    return [patch(table) for table in tables] if isinstance(tables, list) else tables
