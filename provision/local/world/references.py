"""Image references and their parts."""

from __future__ import annotations

from provision.local.world.record import Record

REGISTRY = "registry.example.net"
"""Where the local Fly pretends that images are."""


class ImageRef(Record):
    """The parts of a reference; each "" where it is not there."""

    registry: str
    repository: str
    tag: str
    digest: str


def parse(reference: str) -> ImageRef:
    """Return the parts of *reference*, with the registry and the tag that Docker would add."""
    name, _, digest = reference.partition("@")
    first, slash, rest = name.partition("/")
    registry = REGISTRY
    if slash and ("." in first or ":" in first or first == "localhost"):
        registry, name = first, rest
    elif not slash:
        name = f"library/{name}"
    repository, _, tag = name.partition(":")
    return ImageRef(registry, repository, tag or ("" if digest else "latest"), digest)
