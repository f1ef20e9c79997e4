"""A manifest as TOML again, everything said that was left to defaults."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from typing import Any

import attrs
import tomli_w
from packaging.specifiers import SpecifierSet

from provision.fly_config.duration import Duration
from provision.manifest.models import Manifest
from provision.manifest.spelling import key


def dump(manifest: Manifest) -> str:
    """*manifest* as TOML; reading it gives the same manifest."""
    return tomli_w.dumps(_plain(manifest))


def _plain(value: Any) -> Any:
    match value:
        case Duration() | Path() | SpecifierSet():
            return str(value)
        case Enum():
            return value.value
        case Mapping():
            return {name: _plain(item) for name, item in value.items()}
        case tuple():
            return [_plain(item) for item in value]
        case _ if attrs.has(type(value)):
            return _table(value)
        case _:
            return value


def _table(value: Any) -> dict[str, Any]:
    """What is None was not said, and TOML has no word for it."""
    pairs = ((key(a), getattr(value, a.name)) for a in attrs.fields(type(value)))
    return {name: _plain(item) for name, item in pairs if item is not None}
