"""Deploys through the stand-in: beside what the recordings show."""

from __future__ import annotations

import hashlib
import signal
from pathlib import Path

import pytest

from provision.local.world import addresses, apps, faults, machines, releases, requests, volumes
from provision.local.world.faults import Fault, Kind
from provision.local.world.life import GONE
from provision.local.world.machine import Machine

from .flies import Done, Fly

TOML = """
app = "web"
primary_region = "ams"
[http_service]
internal_port = 8080
"""
GROUPS = '[processes]\nweb = "serve"\njob = "work"\n'
QUICK = ("--ha=false", "--remote-only", "--no-public-ips")


@pytest.fixture
def source(fly: Fly, tmp_path: Path) -> Path:
    """A folder with the fly.toml of the app ``web``, which exists."""
    folder = tmp_path / "source"
    folder.mkdir()
    (folder / "fly.toml").write_text(TOML)
    with fly.world as world:
        apps.create(world, "web", organization="personal")
    return folder


def _deploy(fly: Fly, source: Path, *arguments: str) -> Done:
    return fly.run("deploy", *QUICK, *arguments, cwd=source)


def _machines(fly: Fly) -> tuple[Machine, ...]:
    with fly.world as world:
        return machines.list_(world, "web")


def test_an_app_without_an_image_is_built_from_its_dockerfile(fly: Fly, source: Path) -> None:
    """The same source is the same digest, whatever the label."""
    (source / "Dockerfile").write_text("FROM scratch\n")

    first = _deploy(fly, source, "--image-label", "v1")
    [one] = _machines(fly)
    second = _deploy(fly, source)
    [two] = _machines(fly)

    digest = hashlib.sha256(b"web/FROM scratch\n").hexdigest()
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert one.image == ("registry.fly.io", "web", "v1", f"sha256:{digest}")
    assert "image: registry.fly.io/web:v1\nimage size: 13 B\n" in first.stderr
    assert two.image.tag.startswith("deployment-01")
    assert two.image.digest == one.image.digest


def test_another_dockerfile_makes_another_image(fly: Fly, source: Path) -> None:
    """It is looked for beside the configuration that names it."""
    (source / "fly.toml").write_text(TOML + '[build]\ndockerfile = "other"\n')
    (source / "other").write_text("FROM other\n")

    done = fly.run("deploy", "-c", str(source / "fly.toml"), *QUICK)

    [machine] = _machines(fly)
    digest = hashlib.sha256(b"web/FROM other\n").hexdigest()
    assert (done.exit_code, machine.image.digest) == (0, f"sha256:{digest}")


def test_a_missing_dockerfile_fails_the_build(fly: Fly, source: Path) -> None:
    """Nothing is released."""
    done = _deploy(fly, source)

    with fly.world as world:
        assert releases.list_(world, "web") == ()
    assert done.exit_code == 1
    assert "app does not have a Dockerfile or buildpacks configured" in done.stderr


def test_a_build_may_be_all_that_is_wanted(fly: Fly, source: Path) -> None:
    """No machine comes of it."""
    (source / "Dockerfile").write_text("FROM scratch\n")

    done = _deploy(fly, source, "--build-only", "--push", "--image-label", "v1")

    assert (done.exit_code, _machines(fly)) == (0, ())
    assert "image: registry.fly.io/web:v1" in done.stderr


def test_a_failing_build_fails_the_deploy(fly: Fly, source: Path) -> None:
    """As a world may be told."""
    (source / "Dockerfile").write_text("FROM scratch\n")
    with fly.world as world:
        faults.tell(world, "build-fails", app="web")

    done = _deploy(fly, source)

    assert (done.exit_code, _machines(fly)) == (1, ())


def test_a_folder_may_be_named(fly: Fly, source: Path) -> None:
    """It is entered before anything is read."""
    done = fly.run("deploy", str(source), "--image", "nginx:1", *QUICK)
    missing = fly.run("deploy", str(source / "nosuch"))

    assert (done.exit_code, len(_machines(fly))) == (0, 1)
    assert missing.stderr.startswith("Error: failed changing working directory: chdir ")


def test_without_a_file_the_last_release_is_deployed_again(
    fly: Fly, source: Path, tmp_path: Path
) -> None:
    """With whatever the flags say on top."""
    _deploy(fly, source, "--image", "nginx:1")
    empty = tmp_path / "empty"
    empty.mkdir()

    done = fly.run(
        "deploy", "-a", "web", "-i", "nginx:2", "-e", "A=1", "-e", "B=x=y", *QUICK, cwd=empty
    )

    [machine] = _machines(fly)
    assert done.exit_code == 0
    assert machine.image.tag == "2"
    assert machine.config["env"] == {
        "A": "1",
        "B": "x=y",
        "FLY_PROCESS_GROUP": "app",
        "PRIMARY_REGION": "ams",
    }


def test_a_detached_deploy_waits_for_nothing(fly: Fly, source: Path) -> None:
    """A machine that never starts does not hold it up."""
    _deploy(fly, source, "--image", "nginx:1")

    done = _deploy(fly, source, "--image", "nginx:crash", "--detach")

    assert done.exit_code == 0
    assert "Waiting" not in done.stdout


def test_a_deploy_may_concern_some_groups_only(fly: Fly, source: Path) -> None:
    """The other machines keep their image."""
    (source / "fly.toml").write_text(TOML.replace("8080", '8080\nprocesses = ["web"]') + GROUPS)
    _deploy(fly, source, "--image", "nginx:1")

    done = _deploy(fly, source, "--image", "nginx:2", "--process-groups", "job")

    found = {each.config["metadata"]["fly_process_group"]: each for each in _machines(fly)}
    assert done.exit_code == 0
    assert (found["web"].image.tag, found["job"].image.tag) == ("1", "2")


def test_high_availability_makes_a_spare(fly: Fly, source: Path) -> None:
    """A group with a service gets a second machine, another one a standby."""
    (source / "fly.toml").write_text(TOML.replace("8080", '8080\nprocesses = ["web"]') + GROUPS)

    done = fly.run("deploy", "--image", "nginx:1", "--no-public-ips", cwd=source)

    found = _machines(fly)
    groups = [each.config["metadata"]["fly_process_group"] for each in found]
    standby = [each for each in found if each.config.get("standbys")]
    [job] = [
        each
        for each in found
        if each not in standby and each.config["metadata"]["fly_process_group"] == "job"
    ]
    assert (done.exit_code, sorted(groups)) == (0, ["job", "job", "web", "web"])
    assert [each.config["standbys"] for each in standby] == [[job.id]]


def test_a_mount_gets_a_volume_of_its_region(fly: Fly, source: Path) -> None:
    """A second deploy keeps it; it stays when its machine is destroyed."""
    mount = '[mounts]\nsource = "data"\ndestination = "/data"\ninitial_size = "3gb"\n'
    (source / "fly.toml").write_text(TOML + mount)

    _deploy(fly, source, "--image", "nginx:1")
    [first] = _machines(fly)
    _deploy(fly, source, "--image", "nginx:2")
    [second] = _machines(fly)
    gone = fly.run("machine", "destroy", "--force", first.id, "-a", "web")
    with fly.world as world:
        [volume] = volumes.list_(world, "web")

    assert first.config["mounts"] == second.config["mounts"]
    assert gone.exit_code == 0
    assert (volume.name, volume.size_gb, volume.region, volume.machine) == ("data", 3, "ams", None)


def test_a_public_address_comes_with_a_first_deploy_only(fly: Fly, source: Path) -> None:
    """Not when addresses are there, nor when they were released later."""
    first = fly.run("deploy", "--image", "nginx:1", "--ha=false", cwd=source)
    with fly.world as world:
        given = addresses.list_(world, "web")
        for each in given:
            addresses.release(world, "web", each.address)
    second = fly.run("deploy", "--image", "nginx:2", "--ha=false", cwd=source)

    assert (first.exit_code, second.exit_code) == (0, 0)
    assert [each.type.value for each in given] == ["v6", "shared_v4"]
    with fly.world as world:
        assert addresses.list_(world, "web") == ()


@pytest.mark.parametrize("tag", ["crash", "oom", "unhealthy"])
def test_the_tag_of_an_image_may_say_how_it_fails(fly: Fly, source: Path, tag: str) -> None:
    """The release fails with it, and the machine stays."""
    check = '[[http_service.checks]]\npath = "/"\ninterval = "2s"\n'
    (source / "fly.toml").write_text(TOML + check)

    done = _deploy(fly, source, "--image", f"nginx:{tag}", "--wait-timeout", "20s")

    with fly.world as world:
        [release] = releases.list_(world, "web")
    assert (done.exit_code, release.status.value) == (1, "failed")
    assert len(_machines(fly)) == 1


def test_a_failing_release_command_stops_a_deploy(fly: Fly, source: Path) -> None:
    """No machine of the app is touched."""
    _deploy(fly, source, "--image", "nginx:1")
    (source / "fly.toml").write_text(TOML + '[deploy]\nrelease_command = "fail"\n')

    done = _deploy(fly, source, "--image", "nginx:2")

    [machine] = [each for each in _machines(fly) if each.state not in GONE]
    assert (done.exit_code, machine.image.tag) == (1, "1")


def test_a_deploy_may_fail_after_it_has_succeeded(fly: Fly, source: Path) -> None:
    """The machines are as they were asked for."""
    with fly.world as world:
        faults.tell(world, "deploy-fails-at-end", app="web")

    done = _deploy(fly, source, "--image", "nginx:1")

    assert (done.exit_code, len(_machines(fly))) == (1, 1)


def test_a_deploy_may_hang_after_it_has_succeeded(fly: Fly, source: Path) -> None:
    """It ends when it is told to."""
    with fly.world as world:
        faults.tell(world, "deploy-hangs-at-end", app="web")

    done = fly.end_when(
        "does not have a public", signal.SIGTERM, ["deploy", *QUICK, "-i", "nginx:1"], source
    )

    assert (done.exit_code, len(_machines(fly))) == (127, 1)


def test_kill_9_leaves_a_world_that_goes_on(fly: Fly, source: Path) -> None:
    """The machine may be there, and the lease too; a later deploy puts it right."""
    arguments = ["deploy", *QUICK, "-i", "nginx:1"]
    killed = fly.end_when("was created", signal.SIGKILL, arguments, source)
    with fly.world as world:
        world.clock.advance(301)  # the lease of a machine lasts as long as the wait

    done = _deploy(fly, source, "--image", "nginx:2")

    assert (killed.exit_code, done.exit_code) == (-9, 0)
    assert {each.image.tag for each in _machines(fly)} == {"2"}


def test_every_request_is_kept(fly: Fly, source: Path) -> None:
    """In the order in which they were made, with what they are called in Fly's API."""
    with fly.world as world:
        before = requests.count(world)

    _deploy(fly, source, "--image", "nginx:1")

    with fly.world as world:
        changes = [each.operation.value for each in requests.changes(world, after=before)]
    assert changes == [
        "builds.create",
        "builds.finish",
        "releases.create",
        "releases.update",
        "machines.create",
        "leases.release",
        "releases.update",
    ]


@pytest.mark.parametrize("operation", ["builds.create", "builds.finish"])
def test_a_deploy_goes_on_without_the_record_of_its_image(
    fly: Fly, source: Path, operation: str
) -> None:
    """flyctl warns on stdout."""
    with fly.world as world:
        faults.inject(world, Fault(operation, Kind.REFUSE, 500, "internal server error"))

    done = _deploy(fly, source, "--image", "nginx")

    verb = operation.removeprefix("builds.")
    warning = (
        f"\x1b[33mWARN\x1b[0m failed to {verb} build in graphql: ensure depot builder failed, "
        'please try again (status 500): {"error": "internal server error"}\n\n'
    )
    assert (done.exit_code, warning in done.stdout) == (0, True)
    assert len(_machines(fly)) == 1


def test_a_deploy_tells_what_listens_elsewhere(fly: Fly, source: Path) -> None:
    """It succeeds all the same, after it has looked for a while."""
    with fly.world as world:
        faults.tell(world, "machine-listens-elsewhere")

    done = _deploy(fly, source, "--image", "nginx")

    assert done.exit_code == 0
    assert done.stderr.partition("listening sockets:\n")[2] == (
        " PROCESS │ ADDRESSES      \n"
        "─────────┼────────────────\n"
        " /app    │ 127.0.0.1:8080 \n"
        "\n"
        "Finished launching new machines\n"
    )
