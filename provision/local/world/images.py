"""Images: a reference becomes a digest; nothing is pulled, no registry is asked."""

from __future__ import annotations

from hashlib import sha256

from provision.local.world import apps
from provision.local.world.faults import Mark, marked
from provision.local.world.record import Record
from provision.local.world.references import parse
from provision.local.world.refusals import Answered
from provision.local.world.store import World

MISSING_TAG = "missing"
"""An image of this tag is not found."""


class Image(Record):
    """
    An image.

    Attributes:
        id: Opaque.
        ref: Registry, repository, tag and digest: what machines are given.
        digest: ``sha256:…``, the same for the same reference.
        size: In bytes.
    """

    id: str
    ref: str
    digest: str
    size: int


def resolve(world: World, app: str, reference: str) -> Image | None:
    """
    Return the image that *reference* means for *app*; None where there is none.

    Raises:
        AppNotFound: There is no such app.
    """
    apps.show(world, app)
    parts = parse(reference)
    if parts.tag == MISSING_TAG:
        return None
    name = f"{parts.registry}/{parts.repository}:{parts.tag}" if parts.tag else ""
    digest = parts.digest or _pushed(world, name) or f"sha256:{_hash(name)}"
    ref = f"{name or f'{parts.registry}/{parts.repository}'}@{digest}"
    return Image(f"img_{digest[7:19]}", ref, digest, 12345678)


def build(world: World, app: str, *, registry: str, label: str, source: bytes) -> Image:
    """
    Pretend to build *source* and to push it; the digest depends on the app and the source.

    Args:
        world: The world.
        app: Whose image it is.
        registry: Where it is pushed to.
        label: Its tag.
        source: What it is made from.

    Raises:
        AppNotFound: There is no such app.
        Answered: A fault says that builds fail.
    """
    with world.transaction():
        apps.show(world, app)
        fault = marked(world, Mark.BUILD_FAILS, app)
        if fault:
            raise Answered(422, fault.message)
        name = f"{registry}/{app}:{label}"
        digest = f"sha256:{sha256(app.encode() + b'/' + source).hexdigest()}"
        image = Image(f"img_{digest[7:19]}", f"{name}@{digest}", digest, len(source))
        sql = "INSERT OR REPLACE INTO images (reference, id, digest, size) VALUES (?, ?, ?, ?)"
        world.execute(sql, name, image.id, digest, image.size)
    return image


def _pushed(world: World, name: str) -> str:
    return world.value("SELECT digest FROM images WHERE reference = ?", name) or ""


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()
