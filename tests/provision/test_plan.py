"""What a plan says is what an apply then does, and it does nothing itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from procman import Secret
from provision.fly.client import Fly
from provision.fly.models import ImageRef, Machine, MachineState
from provision.local.world import actions, addresses, apps, machines, organizations, secrets
from provision.plan import start_changes
from provision.session import Session
from tests.provision.platforms import FLY_TOML, HEAD, load_platform, write_platform
from tests.provision.rehearsals import blocks, provision, said, world_of

pytestmark = pytest.mark.long

THIS = ("test", "-f", "test.toml", "--local")
DETAILED = "--detailed-exitcode"


def told(changes: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """What the *changes* of a report say, but for what became of them."""
    return {
        kind: [{k: v for k, v in change.items() if k != "outcome"} for change in found]
        for kind, found in changes.items()
    }


def half_unmake(folder: Path) -> None:
    """Take some of what there is away by hand, and change some."""
    with world_of(folder) as world:
        secrets.set_(world, "acme-web", {"KEY": None})
        (address,) = addresses.list_(world, "acme-web")
        addresses.release(world, "acme-web", address.address)
        gone, left = machines.list_(world, "acme-web")
        actions.destroy(world, "acme-web", gone.id, kill=True)
        actions.stop(world, "acme-web", left.id)
        world.execute("UPDATE machines SET image = replace(image, 'web:1', 'web:0')")


def test_what_is_shown_before_is_what_a_run_then_does(tmp_path: Path) -> None:
    """
    On an empty world and on a half-made one; then nothing is left to do.

    Of a plan change for change, with reasons and commands, while it writes nothing; of a dry run
    every command, word for word, its step called the same.
    """
    path = write_platform(
        tmp_path, {"web": 'secrets = ["KEY"]'}, tail='[secrets.KEY]\nfrom = "env:KEY"\n'
    )
    path.write_text(path.read_text().replace("app = 1", "app = 2"))
    run, plan = (*THIS, "--settle", "1s"), ("plan", *THIS)

    shown = provision(tmp_path, *THIS, "--dry-run").report["steps"]
    first = [provision(tmp_path, *args, KEY="x") for args in (plan, run)]
    half_unmake(tmp_path)
    second = [provision(tmp_path, *args, KEY="x") for args in ((*plan, DETAILED), run)]
    last = provision(tmp_path, *plan, DETAILED, KEY="x")

    for planned, ran in (first, second):
        assert ran.exit_code == 0, ran.stderr
        assert told(planned.report["pending"]) == told(ran.report["changes"])
        assert (planned.writes(), planned.changed()) == ([], [])
    assert [ran.exit_code for ran in (first[0], second[0], last)] == [0, 2, 0]
    assert told(last.report["pending"]) == {"created": [], "updated": [], "destroyed": []}
    assert [
        [each["step"] for kind in ("created", "updated") for each in ran.report["pending"][kind]]
        for ran in (first[0], second[0])
    ] == [
        [
            *("fly.orgs.create", "fly.apps.create", "fly.ips.allocate"),
            *("fly.secrets.import", "fly.deploy", "fly.scale.count"),
        ],
        [
            *("fly.ips.allocate", "fly.secrets.import", "fly.scale.count"),
            *("fly.deploy", "fly.machine.start"),
        ],
    ]
    assert [each["where"] for each in first[0].report["unproven"]] == ["org.slug", "app"]
    commands = {step["command"].partition("fly ")[2] for step in shown}
    assert set(first[1].commands()) <= commands
    steps = {step["id"] for step in shown}
    assert {step["id"].rpartition(".")[0] for step in first[1].report["steps"]} <= steps


def test_a_plan_is_refused_where_a_run_would_be(tmp_path: Path) -> None:
    """F34: of one app; what the others want is told, and what of it costs money."""
    path = write_platform(tmp_path, {"web": "", "paid": 'public_ips = ["v4"]'})
    others, table, paid = path.read_text().partition("[apps.paid]")
    path.write_text(others + table + paid.replace('"private"', '"public"'))
    with world_of(tmp_path) as world:
        organizations.create(world, "Acme Test")
        apps.create(world, "acme-web", organization=organizations.create(world, "Other").slug)

    code, stdout, stderr = said(tmp_path, "plan", *THIS, "--output", "text")

    pending, wrong, ending = blocks(stdout)
    assert (code, ending[-1]) == (4, "failed, exit code 4")
    assert pending == [
        "paid         create     app acme-paid",
        "paid         create     v4 address of acme-paid",
        "paid         create     release of acme-paid",
    ]
    assert wrong[:2] == [
        "warning: v4 address of acme-paid: it costs money each month, and a run wants --allow-paid",
        "error: web: app acme-web belongs to other, not to acme-test",
    ]
    assert "plan: paid: would create release of acme-paid (it has no machines)" in stderr


def test_a_plan_of_nothing_says_so_if_all_was_seen(tmp_path: Path) -> None:
    """Where the organization may not be made nothing is pending, and that is no good news."""
    write_platform(tmp_path, head=HEAD.replace("create = true", "create = false"))

    code, stdout, _ = said(tmp_path, "plan", *THIS, "--output", "text")

    assert (code, "no changes" in stdout) == (5, False)


CREATED, STOPPED, FAILED = MachineState.CREATED, MachineState.STOPPED, MachineState.FAILED


@pytest.mark.parametrize(
    ("strategy", "states"),
    [("rolling", [CREATED, STOPPED]), ("bluegreen", [])],
)
def test_a_deploy_leaves_down_what_is_down(
    tmp_path: Path, strategy: str, states: list[MachineState]
) -> None:
    """A machine that failed is started by it, and a bluegreen one replaces them all."""
    config = f'{FLY_TOML}\n[deploy]\nstrategy = "{strategy}"\n'
    platform = load_platform(write_platform(tmp_path, configs={"web": config}))
    session = Session(platform, Fly("fly", Secret("t0ken"), tmp_path))
    metadata = {"fly_process_group": "app", "fly_platform_version": "v2"}
    down = [
        Machine(state.value, state, "syd", ImageRef(), config={"metadata": metadata})
        for state in (CREATED, STOPPED, FAILED)
    ]
    (app,) = platform.apps.values()

    alone, after = (start_changes(session, app, down, after_deploy=d) for d in (False, True))

    assert [change.reason for change in alone] == [f"it is {each.id}" for each in down]
    assert [change.reason for change in after] == [f"it is {each.value}" for each in states]
