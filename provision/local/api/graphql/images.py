"""Images in GraphQL."""

from __future__ import annotations

from provision.local.api.graphql.field import Arguments, Field, NotModelled, Object
from provision.local.world import World, images
from provision.local.world.apps import App
from provision.local.world.operations import Operation


def of_app(world: World, found: App) -> Object:
    """Return the field of an app that finds an image by its reference."""
    return {"image": lambda _, ref: _resolved(world, found, ref)}


def _resolved(world: World, found: App, reference: str) -> Object | None:
    image = images.resolve(world, found.name, reference)
    if image is None:
        return None
    return {
        "id": image.id,
        "digest": image.digest,
        "ref": image.ref,
        "compressedSizeFull": str(image.size),
        "manifest": None,
    }


def _latest(_: World, arguments: Arguments) -> Exception:
    # The answer flyctl passes over: there is nothing newer to be had.
    return NotModelled(f"Unknown repository {arguments['image']}")


QUERIES = (Field("latestImageDetails", Operation.IMAGES_LATEST, _latest),)
