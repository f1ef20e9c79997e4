"""Volumes: disks in one region, each attached to one machine at most."""

from __future__ import annotations

from provision.local.world import apps, identity, regions
from provision.local.world.apps import App
from provision.local.world.hints import Any
from provision.local.world.record import Record
from provision.local.world.refusals import Invalid, Precondition, VolumeNotFound
from provision.local.world.store import World

ZONES = 4


class Volume(Record):
    """
    A volume.

    Attributes:
        id: Its identity; names repeat.
        name: What a mount asks for.
        region: Where it is, for good.
        zone: Which part of the region's hardware holds it.
        size_gb: Its size.
        encrypted: Whether its content is.
        snapshot_retention: Days that snapshots are kept.
        auto_backup: Whether snapshots are made every day.
        machine: The machine it is attached to, or None.
        created_at: Milliseconds since 1970.
    """

    id: str
    name: str
    region: str
    zone: str
    size_gb: int
    encrypted: bool
    snapshot_retention: int
    auto_backup: bool
    machine: str | None
    created_at: int


_COLUMNS = ", ".join(Volume._fields)


def list_(world: World, app: str) -> tuple[Volume, ...]:
    """
    Return the volumes of *app*, the oldest first.

    Raises:
        AppNotFound: There is no such app.
    """
    sql = f"SELECT {_COLUMNS} FROM volumes WHERE app = ? ORDER BY number"  # noqa: S608
    return tuple(_volume(row) for row in world.rows(sql, apps.show(world, app).number))


def show(world: World, app: str, volume_id: str) -> Volume:
    """
    Return a volume of *app*.

    Raises:
        AppNotFound: There is no such app.
        VolumeNotFound: It has no such volume.
    """
    for volume in list_(world, app):
        if volume.id == volume_id:
            return volume
    raise VolumeNotFound


def find(world: World, volume_id: str) -> App:
    """
    Return the app that a volume belongs to.

    Raises:
        VolumeNotFound: There is no such volume.
    """
    sql = "SELECT apps.name FROM volumes JOIN apps ON apps.number = app WHERE volumes.id = ?"
    name = world.value(sql, volume_id)
    if name is None:
        raise VolumeNotFound
    return apps.show(world, name)


def create(
    world: World,
    app: str,
    name: str,
    *,
    region: str,
    size_gb: int = 1,
    encrypted: bool = True,
    snapshot_retention: int = 5,
    auto_backup: bool = True,
) -> Volume:
    """
    Add a volume to *app*; the same name again is another volume.

    Raises:
        AppNotFound: There is no such app.
        Invalid: Fly has no such region, or no disk of such a size.
    """
    if size_gb < 1:
        raise Invalid("Size must be at least 1 GB")
    with world.transaction():
        number = world.count("volumes")
        volume = Volume(
            id=identity.volume_id(number),
            name=name,
            region=regions.chosen(region),
            zone=f"z{number % ZONES + 1}",
            size_gb=size_gb,
            encrypted=encrypted,
            snapshot_retention=snapshot_retention,
            auto_backup=auto_backup,
            machine=None,
            created_at=world.clock.now(),
        )
        world.insert("volumes", app=apps.show(world, app).number, **volume._asdict())
    return volume


def delete(world: World, app: str, volume_id: str) -> Volume:
    """
    Delete a volume that no machine has.

    Raises:
        AppNotFound: There is no such app.
        VolumeNotFound: It has no such volume.
        Precondition: A machine has it.
    """
    with world.transaction():
        volume = show(world, app, volume_id)
        if volume.machine:
            raise Precondition(f"volume {volume_id} is attached to machine {volume.machine}")
        world.execute("DELETE FROM volumes WHERE id = ?", volume_id)
    return volume


def mounted(world: World, app: App, config: dict[str, Any]) -> tuple[Volume, ...]:
    """
    Return the volumes that a machine with *config* mounts.

    Raises:
        VolumeNotFound: *app* has no such volume.
    """
    mounts = config.get("mounts") or []
    return tuple(show(world, app.name, mount.get("volume", "")) for mount in mounts)


def told(config: dict[str, Any], found: tuple[Volume, ...]) -> dict[str, Any]:
    """Return *config* with what Fly tells of the volumes *found* in its mounts."""
    if not found:
        return config
    mounts = zip(config["mounts"], found, strict=True)
    return config | {"mounts": [_told(mount, volume) for mount, volume in mounts]}


def _told(mount: dict[str, Any], volume: Volume) -> dict[str, Any]:
    # In the order of flyctl's own model, so that both print it the same.
    ours = {"encrypted": volume.encrypted, "path": mount.get("path"), "size_gb": volume.size_gb}
    return ours | {key: value for key, value in mount.items() if key not in ours}


def attach(world: World, volume: Volume, *, machine: str, region: str) -> None:
    """
    Attach a volume to a machine in the same region.

    Raises:
        Precondition: Another machine has it, or it is elsewhere.
    """
    if volume.machine not in {None, machine}:
        raise Precondition(f"volume {volume.id} is already attached to machine {volume.machine}")
    if volume.region != region:
        raise Precondition(f"volume {volume.id} is in region {volume.region}, not in {region}")
    world.execute("UPDATE volumes SET machine = ? WHERE id = ?", machine, volume.id)


def detach(world: World, machine: str) -> None:
    """Take from *machine* the volume it has, if any."""
    world.execute("UPDATE volumes SET machine = NULL WHERE machine = ?", machine)


def _volume(row: list[object]) -> Volume:
    volume = Volume(*row)  # type: ignore[arg-type]  # the columns are the fields
    return volume._replace(encrypted=bool(volume.encrypted), auto_backup=bool(volume.auto_backup))
