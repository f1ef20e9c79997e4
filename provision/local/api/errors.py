"""How each of Fly's APIs words an error."""

from __future__ import annotations

from typing import Any

from provision.local.world.refusals import LeaseHeld, Refusal


def rest(refusal: Refusal) -> dict[str, Any]:
    """Return the body of an error of the REST APIs; its status is the refusal's."""
    if isinstance(refusal, LeaseHeld):
        return {"status": "error", "message": refusal.message, "code": refusal.code}
    coded = {"status": refusal.code} if refusal.code else {}
    return {"error": refusal.message} | coded
