"""Releases of apps in GraphQL."""

from __future__ import annotations

from provision.local.api.graphql.field import Object
from provision.local.api.graphql.organizations import user
from provision.local.world import World, releases
from provision.local.world.apps import App
from provision.local.world.clock import rfc3339
from provision.local.world.releases import Release, ReleaseStatus

PAGE = 25
_UNDER_WAY = {ReleaseStatus.PENDING, ReleaseStatus.RUNNING}


def of_app(world: World, found: App) -> Object:
    """Return the fields of an app that are about its releases."""
    return {
        "currentRelease": lambda _: _current(world, found),
        "currentReleaseUnprocessed": lambda _: _current(world, found),
        "releases": lambda _, first=PAGE: _last(world, found, first),
        "releasesUnprocessed": lambda _, first=PAGE, status=None: _last(
            world, found, first, status
        ),
    }


def version(world: World, found: App) -> int:
    """Return the version of an app's newest release; 0 where there is none."""
    current = releases.current(world, found)
    return current.version if current else 0


def release(world: World, found: Release) -> Object:
    """Return a release."""
    return {
        "id": found.id,
        "version": found.version,
        "stable": True,
        "inProgress": found.status in _UNDER_WAY,
        "status": found.status.value,
        "description": "Deploy image",
        "reason": "",
        "evaluationId": "",
        "imageRef": found.image_ref,
        "configDefinition": found.config,
        "user": user(world),
        "createdAt": rfc3339(found.created_at),
    }


def _current(world: World, found: App) -> Object | None:
    current = releases.current(world, found)
    return release(world, current) if current else None


def _last(world: World, found: App, first: int | None, status: str | None = None) -> Object:
    listed = releases.list_(world, found.name, limit=PAGE if first is None else max(0, first))
    return {"nodes": [release(world, each) for each in listed if status in {None, each.status}]}
