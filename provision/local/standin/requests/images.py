"""Requests about images."""

from __future__ import annotations

from provision.local.standin.api import Api
from provision.local.world.machine import Machine
from provision.local.world.operations import Operation

LATEST = (
    "query($image: String!, $flyVersion: String) { latestImageDetails(image: $image, flyVersion: "
    "$flyVersion) { registry repository tag version digest } }"
)


def short(machine: Machine) -> str:
    """Return the repository and the tag of a machine's image."""
    return f"{machine.image.repository}:{machine.image.tag}"


def latest(api: Api, reference: str) -> None:
    """Ask for a newer image; the local Fly knows none, of images that flyctl did not build."""
    if not reference.partition(":")[2].startswith("deployment-"):
        api.graphql(Operation.IMAGES_LATEST, LATEST, lambda: None)
