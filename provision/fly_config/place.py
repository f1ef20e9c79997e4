"""Finds the place in a fly.toml at which the modern form of it has something."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from provision.fly_config.dialect import ALIASES
from provision.toml_file import KeyPath


def written(content: Mapping[str, Any], path: KeyPath) -> KeyPath:
    """*path* of the modern form of *content* as *content* itself spells it."""
    found: list[str | int] = []
    node: Any = content
    for part in path:
        if isinstance(part, int) and not isinstance(node, list):
            continue  # one table where flyctl makes a list of one
        spelled = _spelling(node, part)
        found.append(spelled)
        node = _child(node, spelled)
    return tuple(found)


def _spelling(node: Any, part: str | int) -> str | int:
    if not isinstance(node, dict) or part in node:
        return part
    key = str(part)
    meant = {name.casefold() for name in (key, *ALIASES.get(key, ()), key.replace("_", "-"))}
    return next((spelling for spelling in node if spelling.casefold() in meant), part)


def _child(node: Any, part: str | int) -> Any:
    if isinstance(node, list) and isinstance(part, int) and part < len(node):
        return node[part]
    return node.get(part) if isinstance(node, dict) else None
