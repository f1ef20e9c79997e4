"""Routes of the Machines API about volumes."""

from __future__ import annotations

from typing import Any

from provision.local.api.asked import Asked
from provision.local.api.route import Route
from provision.local.api.shapes.volumes import volume_json
from provision.local.world import World, volumes
from provision.local.world.operations import Operation
from provision.local.world.record import Record
from provision.local.world.refusals import Malformed


class NewVolume(Record):
    """
    The body of a creation.

    Attributes:
        name: What a mount asks for.
        region: Where it shall be.
        size_gb: Its size.
        encrypted: Whether its content is.
        require_unique_zone: Whether it shall be away from its namesakes; here each zone has room.
        unique_zone_app_wide: Whether from all the app's volumes.
        snapshot_retention: Days that snapshots are kept.
        auto_backup_enabled: Whether they are made every day.
        fstype: How it is formatted; nothing is, here.
        snapshot_id: What it is restored from; the local Fly has no snapshots.
        source_volume_id: What it is forked from; the local Fly has no content to fork.
        compute: The machine it is meant for; here every zone has room for it.
        compute_image: The image of that machine.
    """

    name: str
    region: str = ""
    size_gb: int = 1
    encrypted: bool = True
    require_unique_zone: bool = True
    unique_zone_app_wide: bool = False
    snapshot_retention: int = 5
    auto_backup_enabled: bool = True
    fstype: str = "ext4"
    snapshot_id: str = ""
    source_volume_id: str = ""
    compute: dict[str, Any] | None = None
    compute_image: str = ""


def list_(world: World, asked: Asked) -> list[dict[str, Any]]:
    """Return the volumes of an app."""
    return [volume_json(each) for each in volumes.list_(world, asked.path["app"])]


def create(world: World, asked: Asked) -> dict[str, Any]:
    """Create a volume."""
    new = asked.body(NewVolume)
    if new.snapshot_id or new.source_volume_id:
        raise Malformed("the local Fly can neither restore a snapshot nor fork a volume")
    created = volumes.create(
        world,
        asked.path["app"],
        new.name,
        region=new.region,
        size_gb=new.size_gb,
        encrypted=new.encrypted,
        snapshot_retention=new.snapshot_retention,
        auto_backup=new.auto_backup_enabled,
    )
    return volume_json(created)


def show(world: World, asked: Asked) -> dict[str, Any]:
    """Return a volume."""
    return volume_json(volumes.show(world, asked.path["app"], asked.path["volume"]))


def delete(world: World, asked: Asked) -> dict[str, Any]:
    """Delete a volume; return what it was."""
    deleted = volumes.delete(world, asked.path["app"], asked.path["volume"])
    return volume_json(deleted, state="destroying")


_ALL, _ONE = "/v1/apps/{app}/volumes", "/v1/apps/{app}/volumes/{volume}"

ROUTES = (
    Route(f"GET {_ALL}", Operation.VOLUMES_LIST, list_),
    Route(f"POST {_ALL}", Operation.VOLUMES_CREATE, create),
    Route(f"GET {_ONE}", Operation.VOLUMES_SHOW, show),
    Route(f"DELETE {_ONE}", Operation.VOLUMES_DELETE, delete),
)
