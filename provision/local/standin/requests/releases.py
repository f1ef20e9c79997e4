"""Requests about releases."""

from __future__ import annotations

from provision.local.standin.api import Api
from provision.local.world import apps, releases
from provision.local.world.hints import Any
from provision.local.world.operations import Operation
from provision.local.world.releases import Release, ReleaseStatus

LIST = (
    "query($appName: String!, $limit: Int!) { app(name: $appName) { releases: "
    "releasesUnprocessed(first: $limit) { nodes { id version description reason status imageRef "
    "stable user { id email name } createdAt } } } }"
)
CURRENT_VERSION = (
    "query ($appName: String!) { app(name:$appName) { currentRelease:currentReleaseUnprocessed "
    "{ version } } }"
)
CURRENT_CONFIG = (
    "query FlyctlConfigCurrentRelease ($appName: String!) { app(name: $appName) "
    "{ currentReleaseUnprocessed { configDefinition } } }"
)
LATEST_IMAGE = (
    "query LatestImage ($appName: String!) { app(name: $appName) { currentReleaseUnprocessed "
    "{ id version imageRef } } }"
)


def list_(
    api: Api, app: str, *, limit: int = 25, status: ReleaseStatus | None = None
) -> tuple[Release, ...]:
    """Return the last releases of *app*, the newest first."""
    return api.graphql(
        Operation.RELEASES_LIST,
        LIST,
        lambda: releases.list_(api.world, app, limit=limit, status=status),
        app=app,
    )


def current(api: Api, app: str, query: str) -> Release | None:
    """Return the newest release of *app*, asking GraphQL with *query*."""
    return api.graphql(
        Operation.RELEASES_CURRENT,
        query,
        lambda: releases.current(api.world, apps.show(api.world, app)),
        app=app,
    )


def create(api: Api, app: str, definition: Any, image_ref: str, strategy: str) -> Release:
    """Add a release to *app*."""
    return api.uiex(
        Operation.RELEASES_CREATE,
        "POST /api/v1/releases",
        lambda: releases.create(
            api.world, app, definition=definition, image_ref=image_ref, strategy=strategy
        ),
        app=app,
        failing="failed to create release",
    )


def update(api: Api, app: str, release_id: str, status: ReleaseStatus) -> Release:
    """Say how far a release got."""
    return api.uiex(
        Operation.RELEASES_UPDATE,
        f"PATCH /api/v1/releases/{release_id}",
        lambda: releases.update(api.world, release_id, status.value),
        app=app,
        failing="failed to update release",
    )


def recent(api: Api, app: str, limit: int) -> tuple[Release, ...]:
    """Return the last releases of *app*, asking the API that secrets are compared with."""
    return api.uiex(
        Operation.RELEASES_LIST,
        f"GET /api/v1/apps/{app}/releases?limit={limit}",
        lambda: releases.list_(api.world, app, limit=limit),
        app=app,
        failing="failed to list releases",
    )
