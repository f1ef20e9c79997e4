"""The whole program with a real flyctl, on a local Fly that is served; needs one in FLYCTL."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import anyio
import pytest

from procman import Step, run_step
from provision.cli.rehearsing import new_token, served
from provision.fly import apps as fly_apps
from provision.fly import auth, checks, ips, logs, orgs, scale, volumes
from provision.fly import config as config_
from provision.fly import leases as fly_leases
from provision.fly import machines as fly_machines
from provision.fly import releases as fly_releases
from provision.fly import secrets as fly_secrets
from provision.fly.client import Fly
from provision.local.launcher import write_launcher
from provision.local.world import (
    World,
    actions,
    addresses,
    apps,
    faults,
    leases,
    machines,
    organizations,
    requests,
)
from provision.local.world.faults import Fault, Kind
from provision.local.world.operations import Operation
from provision.local.world.requests import Outcome
from tests.provision.platforms import FLY_TOML, HEAD, write_platform
from tests.provision.rehearsals import (
    Ran,
    environment,
    finished,
    provision,
    start,
    world_of,
)

FLYCTL = os.environ.get("FLYCTL") or shutil.which("flyctl") or ""

pytestmark = pytest.mark.skipif(not FLYCTL, reason="needs a real flyctl, in FLYCTL or on the PATH")

ROOT = Path(__file__).parent.parent.parent
PLATFORM = ("test", "-f", str(ROOT / "manifests" / "test.toml"), "--local")
REAL = ("--flyctl", FLYCTL)
QUICK = ("test", "-f", "test.toml", "--local", "--settle", "1s")

ALONE = ("unshare", "--user", "--map-root-user", "--net")
"""A network of its own in which there is only loopback, and that is down."""

UP = "ip link set lo up && exec"


def can_be_alone() -> bool:
    """Whether this machine has such networks for us."""
    try:
        done = subprocess.run(
            [*ALONE, "ip", "link", "set", "lo", "up"], capture_output=True, check=False
        )
    except FileNotFoundError:
        return False
    return done.returncode == 0


def apart_from_the_world(folder: Path, *args: str) -> Ran:
    """Run the program in *folder* in a network that has loopback only, if there are such."""
    program = [sys.executable, "-m", "provision", *args]
    if can_be_alone():
        program = [*ALONE, "sh", "-c", f'{UP} "$@"', "sh", *program]
    done = subprocess.run(
        program,
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return Ran(done.returncode, json.loads(done.stdout), done.stderr, folder)


def changes_of(folder: Path) -> int:
    """How many requests so far would have changed something."""
    with world_of(folder) as world:
        return len(requests.changes(world))


def test_the_platform_is_made_left_alone_verified_and_destroyed(tmp_path: Path) -> None:
    """
    Four apps, with nobody to talk to but the local Fly.

    F92: the second run asks for no change; the stand-in sees the same world; F104: not even
    the resolver is asked.
    """
    first = apart_from_the_world(tmp_path, *PLATFORM, *REAL)
    before = changes_of(tmp_path)
    second = provision(tmp_path, *PLATFORM, *REAL)
    after = changes_of(tmp_path)
    by_stand_in = provision(tmp_path, *PLATFORM)
    destroyed = provision(tmp_path, "destroy", *PLATFORM, *REAL, "--yes")

    assert first.exit_code == 0, first.stderr
    assert set(first.outcomes().values()) == {"succeeded"}
    assert {app["health"] for app in first.report["apps"].values()} == {"healthy"}
    assert first.report["tool"]["flyctl"]["environment"] == "development"
    assert sum(w["code"] == "image" for w in first.report["warnings"]) == 4
    assert (second.exit_code, second.changed(), second.writes()) == (0, [], [])
    assert (before > 0, after) == (True, before)
    assert len(second.commands()) > 20
    assert (by_stand_in.exit_code, by_stand_in.writes()) == (0, [])
    assert destroyed.exit_code == 0
    with world_of(tmp_path) as world:
        assert (apps.list_(world), len(organizations.list_(world))) == ((), 1)


def test_what_the_stand_in_made_the_real_one_leaves_alone(tmp_path: Path) -> None:
    """Both speak of the same world; an image that was built is known again by its name."""
    path = write_platform(tmp_path)
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(line for line in lines if "image =" not in line))
    (tmp_path / "Dockerfile").write_text("FROM scratch\n")

    made = provision(tmp_path, *QUICK)
    found = provision(tmp_path, *QUICK, *REAL)

    assert (made.exit_code, found.exit_code) == (0, 0), found.stderr
    assert found.writes() == []


def test_what_it_shows_before_is_what_it_then_does(tmp_path: Path) -> None:
    """F91: plan and drift of a half-made world say what the stand-in makes them say."""
    write_platform(tmp_path, {"web": 'env = { A = "1" }'})
    provision(tmp_path, *QUICK)
    with world_of(tmp_path) as world:
        (machine,) = machines.list_(world, "acme-web")
        actions.stop(world, "acme-web", machine.id)
        config = json.dumps({**machine.config, "env": {**machine.config["env"], "A": "2"}})
        world.execute("UPDATE machines SET config = ?", config)
    looks = [(verb, *QUICK[:4]) for verb in ("plan", "drift")]

    plan, drift = (provision(tmp_path, *args, *REAL) for args in looks)
    same_plan, same_drift = (provision(tmp_path, *args) for args in looks)
    made = provision(tmp_path, *QUICK, *REAL)

    steps = ["fly.deploy", "fly.machine.start"]
    assert [each["step"] for each in plan.report["pending"]["updated"]] == steps
    assert [each["reason"] for each in plan.report["pending"]["updated"]] == [
        each["reason"] for each in same_plan.report["pending"]["updated"]
    ]
    assert (drift.exit_code, findings_of(drift)) == (2, [("machine-config", "'1'")]), drift.stderr
    assert drift.report["findings"] == same_drift.report["findings"]
    assert (made.exit_code, made.changed()) == (0, steps), made.stderr


def exists_once(world: World, name: str) -> bool:
    """Whether there is one app of *name* with one machine, in one organization."""
    slugs = Counter(org.name for org in organizations.list_(world))
    names = Counter(app.name for app in apps.list_(world))
    return (slugs["Acme Test"], names[name], len(machines.list_(world, name))) == (1, 1, 1)


def test_a_killed_run_is_continued_with_nothing_twice(tmp_path: Path) -> None:
    """F83: SIGKILL in the middle of a deploy, and again at once; what it left running is gone."""
    write_platform(tmp_path)

    with world_of(tmp_path) as world:
        program = start(tmp_path, *QUICK, *REAL)
        while not is_asked(world, Operation.MACHINES_CREATE):
            assert program.poll() is None
            time.sleep(0.02)
    program.send_signal(signal.SIGKILL)
    again = finished(start(tmp_path, *QUICK, *REAL), tmp_path)
    program.communicate()

    assert again.exit_code == 0, again.stderr
    with world_of(tmp_path) as world:
        assert exists_once(world, "acme-web")


VALUE = "s3cr3t-value"


def in_trouble(folder: Path, trouble: str | Fault, *flyctl: str) -> Ran:
    """A run of one app with a secret, in a scenario or with a fault."""
    folder.mkdir(exist_ok=True)
    write_platform(
        folder,
        {"web": 'secrets = ["KEY"]'},
        head=HEAD + '\n[defaults]\nwait_timeout = "4s"\n',
        tail='[secrets.KEY]\nfrom = "env:KEY"\n',
    )
    with world_of(folder) as world:
        if isinstance(trouble, str):
            faults.tell(world, trouble)
        else:
            faults.inject(world, trouble)
    return provision(folder, *QUICK, *flyctl, KEY=VALUE)


TWICE = [
    # scenario, exit code if there are two, exit code if there is one
    ("org-created-twice", 4, 0),
    ("ip-allocated-twice", 3, 0),
    ("machine-created-twice", 3, 1),
]


@pytest.mark.parametrize(("scenario", "two", "one"), TWICE, ids=[t[0] for t in TWICE])
def test_what_flyctl_made_twice_is_named(tmp_path: Path, scenario: str, two: int, one: int) -> None:
    """
    F95, F96, F97: a 502 after the effect; both things are named, and neither is destroyed.

    At times flyctl cannot send its request again ("ContentLength=186 with Body length 0"): then
    there is one of it, and a deploy has failed.
    """
    found = in_trouble(tmp_path, scenario, *REAL)

    with world_of(tmp_path) as world:
        orgs = [org.slug for org in organizations.list_(world) if org.name == "Acme Test"]
        known = [app.name for app in apps.list_(world)]
        ips = [a.address for name in known for a in addresses.list_(world, name)]
        ids = [m.id for name in known for m in machines.list_(world, name)]
    (twice,) = [each for each in (orgs, ips, ids) if len(each) > 1] or [[]]
    assert found.exit_code == (two if twice else one), found.stderr
    assert all(each in found.report["errors"][0]["message"] for each in twice)


ALIKE: list[tuple[str | Fault, int, list[str]]] = [
    # scenario or fault, exit code, errors
    ("app-created-unseen", 0, []),
    ("secrets-set-unseen", 0, []),
    ("machine-create-unseen", 1, ["Unreachable"]),
    ("name-taken", 1, ["NameTaken"]),
    ("insufficient-capacity", 1, ["NoCapacity"]),
    ("rate-limited-machines", 1, ["RateLimited", "RateLimited"]),
    ("deploy-fails", 1, ["CommandFailed"]),
    (Fault("machines.create", Kind.HANG, seconds=3600), 7, ["StepTimedOut"]),
]


@pytest.mark.parametrize(("trouble", "code", "errors"), ALIKE, ids=[str(a[0])[:25] for a in ALIKE])
def test_trouble_is_told_as_with_the_stand_in(
    tmp_path: Path, trouble: str | Fault, code: int, errors: list[str]
) -> None:
    """F32, F50, F60, F62, F98, G17: the same exit code, errors and findings, the same world."""
    real = in_trouble(tmp_path / "real", trouble, *REAL)
    stand_in = in_trouble(tmp_path / "stand-in", trouble)

    for ran in (real, stand_in):
        assert ran.exit_code == code, ran.stderr
        assert [error["code"] for error in ran.report["errors"]] == errors
        assert VALUE not in ran.stderr + str(ran.report)
    assert findings_of(real) == findings_of(stand_in)
    assert real.changed() == stand_in.changed()
    assert what_exists(real.folder) == what_exists(stand_in.folder)


def findings_of(ran: Ran) -> list[tuple[str, str]]:
    """What they are about."""
    return [(finding["code"], finding["expected"]) for finding in ran.report["findings"]]


def what_exists(folder: Path) -> dict[str, int]:
    """How much there is of everything."""
    tables = ("organizations", "apps", "addresses", "secrets", "machines", "releases")
    with world_of(folder) as world:
        return {name: len(world.rows(f"SELECT 1 FROM {name}")) for name in tables}  # noqa: S608


def test_a_leased_machine_is_waited_for(tmp_path: Path) -> None:
    """F99: what a killed deploy left leased for some seconds; 409 until then, and all is well."""
    path = write_platform(tmp_path, {"web": 'env = { A = "1" }'})
    provision(tmp_path, *QUICK)
    path.write_text(path.read_text().replace('A = "1"', 'A = "2"'))
    with world_of(tmp_path) as world:
        (machine,) = machines.list_(world, "acme-web")
        lease = leases.acquire(world, machine.id, seconds=300)
        before = requests.count(world)

        program = start(tmp_path, *QUICK, *REAL)
        while not is_refused(world, Operation.LEASES_ACQUIRE, after=before):
            assert program.poll() is None
            time.sleep(0.02)
        leases.release(world, machine.id, lease.nonce)
    found = finished(program, tmp_path)

    assert (found.exit_code, found.changed()) == (0, ["fly.deploy"]), found.stderr
    with world_of(tmp_path) as world:
        assert machines.list_(world, "acme-web")[0].config["env"]["A"] == "2"


def is_asked(world: World, operation: Operation) -> bool:
    """Whether *operation* was ever asked for."""
    return any(each.operation is operation for each in requests.list_(world))


def is_refused(world: World, operation: Operation, *, after: int) -> bool:
    """Whether *operation* was refused, of the requests after so many."""
    asked = requests.list_(world, after=after)
    return any((r.operation, r.outcome) == (operation, Outcome.REFUSED) for r in asked)


FURNISHED = (
    FLY_TOML
    + """
[[services.tcp_checks]]
interval = "2s"
timeout = "1s"

[[mounts]]
source = "data"
destination = "/data"
"""
)


def readings(fly: Fly, machine: str, config: Path) -> list[Step[Any]]:
    """Every step that reads, of one app."""
    app = "acme-web"
    return [
        auth.whoami(fly),
        orgs.list_(fly),
        orgs.show(fly, "acme-test"),
        fly_apps.list_(fly, org="acme-test"),
        fly_apps.list_everywhere(fly),
        ips.list_(fly, app=app),
        fly_secrets.list_(fly, app=app),
        volumes.list_(fly, app=app),
        fly_machines.list_(fly, app=app),
        fly_leases.view(fly, [machine], app=app),
        fly_releases.list_(fly, app=app),
        checks.list_(fly, app=app),
        config_.show(fly, app=app),
        config_.validate(fly, config, app=app),
        scale.show(fly, app=app),
        logs.read(fly, app=app),
    ]


def test_every_reading_is_that_of_the_stand_in(tmp_path: Path) -> None:
    """One world, read by both: what comes out of each parser is the same, to the last field."""
    write_platform(
        tmp_path,
        {"web": 'secrets = ["KEY"]'},
        tail='[secrets.KEY]\nfrom = "env:KEY"\n',
        configs={"web": FURNISHED},
    )
    assert provision(tmp_path, *QUICK, KEY=VALUE).exit_code == 0
    with world_of(tmp_path) as world:
        path, (machine,) = Path(world.path), machines.list_(world, "acme-web")
        leases.acquire(world, machine.id, seconds=300)
    config, token = tmp_path / "fly.web.toml", new_token()
    stand_in = Fly(str(write_launcher(path, tmp_path)), token, tmp_path)

    async def read_by_both() -> None:
        async with served(path, token, ()) as redirected:
            real = Fly(FLYCTL, token, tmp_path, redirected)
            for step, same in zip(
                readings(real, machine.id, config),
                readings(stand_in, machine.id, config),
                strict=True,
            ):
                found = await run_step(step)
                assert found == await run_step(same), step.name
                assert found or step.name == "fly.config.validate"

    anyio.run(read_by_both)
