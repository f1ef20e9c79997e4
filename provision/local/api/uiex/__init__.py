"""The APIs beside GraphQL (uiex, and logs), a module a noun."""

from provision.local.api.uiex import builds, logs, organizations, releases

ROUTES = (*builds.ROUTES, *logs.ROUTES, *organizations.ROUTES, *releases.ROUTES)
"""All its routes; no two of them fit the same request."""
