"""Routes about releases."""

from __future__ import annotations

from typing import Any

from provision.local.api.asked import Asked
from provision.local.api.route import Answer, Route
from provision.local.api.shapes.releases import release_json
from provision.local.world import World, apps, releases
from provision.local.world.clock import rfc3339
from provision.local.world.operations import Operation
from provision.local.world.record import Record
from provision.local.world.refusals import NotFound
from provision.local.world.releases import Release

USUAL_LIMIT = 25


class NewRelease(Record):
    """
    The body of a creation.

    Attributes:
        app_name: Whose release it is.
        definition: The app's configuration; kept as it is.
        image: What its machines will run.
        strategy: How they are replaced, in capitals.
        build_id: Where the image is from.
    """

    app_name: str
    definition: dict[str, Any]
    image: str
    strategy: str = "ROLLING"
    build_id: int = 0


class Progress(Record):
    """
    The body of an update.

    Attributes:
        status: How far the release got.
        metadata: What else flyctl tells of it.
    """

    status: str
    metadata: dict[str, Any] | None = None


def list_(world: World, asked: Asked) -> dict[str, Any]:
    """Return the last releases of an app, the newest first."""
    found = releases.list_(world, asked.path["app"], limit=asked.number("limit", USUAL_LIMIT))
    return {"releases": [_shown(world, each) for each in found]}


def current(world: World, asked: Asked) -> dict[str, Any]:
    """Return the newest release of an app."""
    found = releases.current(world, apps.show(world, asked.path["app"]))
    if found is None:
        raise NotFound("release not found")
    return _shown(world, found)


def all_current(world: World, _: Asked) -> dict[str, Any]:
    """Return when the newest release of each app was made."""
    found = {app.name: releases.current(world, app) for app in apps.list_(world)}
    return {name: rfc3339(each.created_at) for name, each in found.items() if each}


def create(world: World, asked: Asked) -> Answer:
    """Add a pending release."""
    new = asked.body(NewRelease)
    created = releases.create(
        world,
        new.app_name,
        definition=new.definition,
        image_ref=new.image,
        strategy=new.strategy,
    )
    return Answer({"release": _shown(world, created)}, 201)


def update(world: World, asked: Asked) -> dict[str, Any]:
    """Say how far a release got."""
    status = asked.body(Progress).status
    return _shown(world, releases.update(world, asked.path["release"], status))


def _shown(world: World, found: Release) -> dict[str, Any]:
    return release_json(found, user=world.setting("viewer_email"))


ROUTES = (
    Route("GET /api/v1/releases/all_current", Operation.RELEASES_CURRENT, all_current),
    Route("GET /api/v1/apps/{app}/releases", Operation.RELEASES_LIST, list_),
    Route("GET /api/v1/apps/{app}/releases/current", Operation.RELEASES_CURRENT, current),
    Route(
        "POST /api/v1/releases",
        Operation.RELEASES_CREATE,
        create,
        app=lambda _, asked: asked.body(NewRelease).app_name,
    ),
    Route(
        "PATCH /api/v1/releases/{release}",
        Operation.RELEASES_UPDATE,
        update,
        app=lambda world, asked: releases.owner(world, asked.path["release"]),
    ),
)
