"""Whether a machine runs the image that is asked for."""

from __future__ import annotations

import re

from provision.fly.models import ImageRef, Machine
from provision.platform import PlatformApp

_REFERENCE = re.compile(r"(?P<name>[^@]+?)(?::(?P<tag>[^:/@]+))?(?:@(?P<digest>sha256:[0-9a-f]+))?")


def runs_image(app: PlatformApp, machine: Machine) -> bool:
    """
    Whether *machine* runs what *app* asks for.

    Of an image that was built from source only the tag is known: it is named after the
    Dockerfile.
    """
    if app.image is None:
        return machine.image_ref.tag == app.image_label
    return is_image(machine.image_ref, app.image)


def is_image(found: ImageRef, wanted: str) -> bool:
    """
    Whether *found*, as Fly says it, is what *wanted* asks for.

    ``nginx:1.27`` asks for ``library/nginx`` of whatever registry, with that tag; a digest
    is compared where one is given; without a tag ``latest`` is meant.
    """
    match = _REFERENCE.fullmatch(wanted)
    if match is None:
        return False
    name, tag, digest = match["name"], match["tag"], match["digest"]
    if digest:
        return found.digest == digest
    names = f"/{found.registry}/{found.repository}"
    is_named = names.endswith((f"/{name}", f"/library/{name}"))
    return is_named and found.tag == (tag or "latest")
