"""Leases as the Machines API spells them: in an envelope of their own."""

from __future__ import annotations

from typing import Any

from provision.local.world.leases import Lease

RELEASED: dict[str, Any] = {"status": "success", "data": {"ok": True}}
"""What is said of a lease that was given back."""


def lease_json(found: Lease, *, instance_id: str) -> dict[str, Any]:
    """Return the document of a lease on the machine with *instance_id*; times in seconds."""
    data = {
        "nonce": found.nonce,
        "expires_at": found.expires_at // 1000,
        "owner": found.owner,
        "description": found.description,
        "version": instance_id,
    }
    return {"status": "success", "data": data}
