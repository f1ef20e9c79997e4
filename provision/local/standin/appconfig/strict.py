"""What `config validate --strict` does not recognise."""

from __future__ import annotations

from provision.local.standin.appconfig.casts import Document
from provision.local.standin.appconfig.schema import STRUCTS
from provision.local.world.hints import Any

_REBUILT = frozenset({"services", "vm", "mounts", "metrics"})
"""Lists that flyctl makes anew while it reads, of a type its strict check does not look into."""


def unrecognized(raw: Document) -> list[str]:
    """
    Return the sections and keys that flyctl does not know, as it prints them.

    Args:
        raw: The configuration after old forms were brought up to date.

    Source: flyctl internal/appconfig/strict_validate.go
    """
    known = STRUCTS["Config"]
    sections = [key for key in sorted(raw) if key not in known]
    nested: list[str] = []
    for key in sorted(raw):
        if key in known and key not in _REBUILT:
            nested += _nested(key, raw[key], known[key])
    return sections + nested


def _nested(path: str, value: Any, kind: str) -> list[str]:
    kind = kind.strip("*!")
    if isinstance(value, dict):
        if kind.startswith("map[string]"):
            item = kind.removeprefix("map[string]")
            below = (_nested(f"{path}.{key}", value[key], item) for key in sorted(value))
            return [each for found in below for each in found]
        return _struct(path, value, kind) if kind in STRUCTS else []
    if isinstance(value, list) and kind.startswith("[]"):
        below = (_nested(f"{path}[{i}]", each, kind[2:]) for i, each in enumerate(value))
        return [each for found in below for each in found]
    return []


def _struct(path: str, value: Document, kind: str) -> list[str]:
    known = STRUCTS[kind]
    found = [f"{path}.{key}" for key in sorted(value) if key not in known]
    for key in sorted(value):
        if key in known:
            found += _nested(f"{path}.{key}", value[key], known[key])
    return found
