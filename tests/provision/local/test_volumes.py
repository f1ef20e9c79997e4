"""Volumes of the local Fly."""

from __future__ import annotations

import pytest

from provision.local.world import World, actions, apps, machines, volumes
from provision.local.world.refusals import Invalid, Precondition, VolumeNotFound


@pytest.fixture
def web(world: World) -> str:
    """An app."""
    return apps.create(world, "web", organization="personal").name


def _mounting(volume: str) -> dict[str, object]:
    return {"image": "nginx", "mounts": [{"volume": volume, "path": "/data", "name": "data"}]}


def test_names_repeat_and_ids_do_not(world: World, web: str) -> None:
    """Creating twice makes two."""
    first, second = (volumes.create(world, web, "data", region="ams") for _ in range(2))

    assert first.id != second.id
    assert volumes.list_(world, web) == (first, second)


def test_a_machine_takes_a_volume_and_gives_it_back(world: World, web: str) -> None:
    """No other machine can have it in between."""
    volume = volumes.create(world, web, "data", region="ams")
    machine, _ = machines.create(world, web, _mounting(volume.id), region="ams")

    assert volumes.show(world, web, volume.id).machine == machine.id
    with pytest.raises(Precondition, match="already attached"):
        machines.create(world, web, _mounting(volume.id), region="ams")
    with pytest.raises(Precondition, match="is attached"):
        volumes.delete(world, web, volume.id)
    actions.destroy(world, web, machine.id, kill=True)
    assert volumes.delete(world, web, volume.id).machine is None


def test_a_refused_machine_leaves_nothing_behind(world: World, web: str) -> None:
    """What belongs together happens together."""
    volume = volumes.create(world, web, "data", region="fra")

    with pytest.raises(Precondition, match="in region fra, not in ams"):
        machines.create(world, web, _mounting(volume.id), region="ams")
    with pytest.raises(VolumeNotFound):
        machines.create(world, web, _mounting("vol_nosuch"), region="ams")
    assert machines.list_(world, web) == ()


def test_sizes_and_regions_are_checked(world: World, web: str) -> None:
    """There is no empty disk, and none nowhere."""
    with pytest.raises(Invalid, match="at least 1 GB"):
        volumes.create(world, web, "data", region="ams", size_gb=0)
    with pytest.raises(Invalid, match="xyz is not a region"):
        volumes.create(world, web, "data", region="xyz")


def test_a_machine_tells_of_its_volume(world: World, web: str) -> None:
    """Fly fills in what it knows; flyctl makes the volume of the next machine as large."""
    volume = volumes.create(world, web, "data", region="ams", size_gb=7, encrypted=False)

    machine, _ = machines.create(world, web, _mounting(volume.id), region="ams")
    updated = machines.update(world, web, machine.id, _mounting(volume.id))

    for told in (machine, updated):
        (mount,) = told.config["mounts"]
        assert (mount["volume"], mount["size_gb"], mount["encrypted"]) == (volume.id, 7, False)
