"""The file behind a world: several processes, sudden deaths, other files."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from provision.local.world import NotAWorld, World, apps, create_world, machines, store, volumes
from provision.local.world.addresses import AddressType, allocate, list_

MANY = 8


def test_two_makers_of_a_world_share_it(tmp_path: Path) -> None:
    """Whoever is first wins, and nothing is left lying about."""
    path = tmp_path / "world.db"

    def make(number: int) -> str:
        with create_world(path) as world:
            return apps.create(world, f"app{number}", organization="personal").name

    with ThreadPoolExecutor(MANY) as pool:
        made = list(pool.map(make, range(MANY)))

    with World(path) as world:
        assert sorted(app.name for app in apps.list_(world)) == sorted(made)
    assert [each.name for each in tmp_path.iterdir() if "world.db." in each.name] == []


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "there is no such file; give another path"),
        (b"", "is not a world; give another path, or remove the file"),
        (b"hello" * 500, "is not a world; give another path, or remove the file"),
    ],
)
def test_another_file_is_not_a_world(tmp_path: Path, content: bytes | None, reason: str) -> None:
    """The error says what to do."""
    path = tmp_path / "file"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(NotAWorld, match=reason):
        World(path)


def test_a_world_of_another_version_is_refused(tmp_path: Path) -> None:
    """Rather than misread."""
    path = tmp_path / "world.db"
    create_world(path).close()
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()

    with pytest.raises(NotAWorld, match="a world of version 99"):
        World(path)


def test_a_world_that_another_keeps_to_itself_is_told_to_be_in_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is a world: nobody should remove it."""
    path = tmp_path / "world.db"
    create_world(path).close()
    monkeypatch.setattr(store, "BUSY_SECONDS", 0.05)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("PRAGMA locking_mode = EXCLUSIVE")
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(NotAWorld, match="is in use by another process, for"):
        World(path)

    other.close()


def test_a_transaction_is_all_or_nothing(world: World) -> None:
    """Whatever was done in it before it failed."""

    def fail() -> None:
        with world.transaction():
            apps.create(world, "web", organization="personal")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert apps.list_(world) == ()


def test_many_processes_take_nothing_twice(fly: Any) -> None:
    """One of eight gets the name; each gets an address of its own; ids are all different."""
    fly.run("apps", "create", "web", "--org", "personal")

    def race(number: int) -> list[int]:
        taken = fly.start("apps", "create", "api", "--org", "personal").exit_code
        address = fly.start("ips", "allocate-v6", "-a", "web").exit_code
        shared = fly.start("ips", "allocate-v4", "--shared", "-a", "web").exit_code
        name = f"vol{number}"
        volume = fly.start("volumes", "create", name, "-a", "web", "-r", "ams", "-y").exit_code
        return [taken, address, shared, volume]

    with ThreadPoolExecutor(MANY) as pool:
        codes = list(pool.map(race, range(MANY)))

    with fly.world as world:
        found = list_(world, "web")
        ids = {each.id for each in volumes.list_(world, "web")}
    assert sorted(code[0] for code in codes) == [0] + [1] * (MANY - 1)
    assert [code[1:] for code in codes] == [[0, 0, 0]] * MANY
    assert len({each.address for each in found}) == MANY + 1
    assert sum(each.type is AddressType.SHARED_V4 for each in found) == 1
    assert len(ids) == MANY


KILLED = """
import sys
from provision.local.world import World, apps, machines, volumes
with World(sys.argv[1]) as world, world.transaction():
    volume = volumes.create(world, "web", "data", region="ams")
    mount = {"volume": volume.id, "path": "/data", "name": "data"}
    machines.create(world, "web", {"image": "nginx", "mounts": [mount]}, region="ams")
    print("in the middle", flush=True)
    sys.stdin.read()
"""


def test_a_process_killed_in_the_middle_leaves_nothing_half_done(tmp_path: Path) -> None:
    """Neither its machine nor its volume, and nobody has to wait for it."""
    path = tmp_path / "world.db"
    with create_world(path) as world:
        apps.create(world, "web", organization="personal")
    child = subprocess.Popen(
        [sys.executable, "-c", KILLED, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert child.stdout is not None
    assert child.stdout.readline() == b"in the middle\n"

    child.kill()
    child.communicate(timeout=10)

    with World(path) as world:
        assert world.value("PRAGMA integrity_check") == "ok"
        assert (machines.list_(world, "web"), volumes.list_(world, "web")) == ((), ())
        allocate(world, "web", AddressType.V6)


def test_a_deploy_killed_in_the_middle_can_be_repeated(fly: Any) -> None:
    """The next one waits for the lease, and finishes the job."""
    config = Path(__file__).parent / "configs" / "relcmd-none.toml"
    deploy = ["deploy", "-c", str(config), "-a", "web", "--ha=false", "--no-public-ips"]
    fly.run("apps", "create", "web", "--org", "personal")
    fly.run(*deploy, "--image", "nginx:1")

    killed = fly.end_when("have state: started", signal.SIGKILL, [*deploy, "--image", "nginx:slow"])
    with fly.world as world:
        world.clock.run_at(50)
    repeated = fly.run(*deploy, "--image", "nginx:2")

    with fly.world as world:
        found = machines.list_(world, "web")
    assert (killed.exit_code, repeated.exit_code) == (-9, 0)
    assert [(each.state, each.image.tag) for each in found] == [("started", "2")]
