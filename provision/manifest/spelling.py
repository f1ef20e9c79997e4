"""How a manifest spells the fields of its models."""

from __future__ import annotations

from typing import Any

import attrs


def key(attribute: attrs.Attribute[Any]) -> str:
    """The key of *attribute*: its name, unless that is a word Python keeps to itself."""
    spelled: str = attribute.metadata.get("key", attribute.name)
    return spelled
