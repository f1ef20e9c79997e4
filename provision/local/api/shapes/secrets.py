"""Secrets as the Machines API spells them: by name and digest, never by value."""

from __future__ import annotations

from typing import Any

from provision.local.world.clock import rfc3339
from provision.local.world.secrets import AppSecret


def secret_json(found: AppSecret) -> dict[str, Any]:
    """Return the document of a secret."""
    return {
        "name": found.name,
        "digest": found.digest,
        "created_at": rfc3339(found.created_at),
        "updated_at": rfc3339(found.updated_at),
    }
