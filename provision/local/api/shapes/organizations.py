"""Organizations as the API beside GraphQL spells them."""

from __future__ import annotations

from typing import Any

from provision.local.world.organizations import Organization, OrganizationType


def organization_json(found: Organization) -> dict[str, Any]:
    """Return the document of an organization that owes nothing."""
    return {
        "id": found.id,
        "internal_numeric_id": found.number,
        "slug": found.slug,
        "raw_slug": found.raw_slug,
        "paid_plan": found.paid_plan,
        "personal": found.type is OrganizationType.PERSONAL,
        "billing_status": "CURRENT",
        "provisions_beta_extensions": False,
        "name": found.name,
        "billable": found.billable,
        "remote_builder_image": "",
    }
