"""The Machines API (flaps), a module a noun."""

from provision.local.api.flaps import (
    actions,
    addresses,
    apps,
    leases,
    machines,
    platform,
    secrets,
    volumes,
)

ROUTES = (
    *apps.ROUTES,
    *addresses.ROUTES,
    *secrets.ROUTES,
    *volumes.ROUTES,
    *machines.ROUTES,
    *actions.ROUTES,
    *leases.ROUTES,
    *platform.ROUTES,
)
"""All its routes; no two of them fit the same request."""
