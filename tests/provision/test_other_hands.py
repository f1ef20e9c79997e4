"""What Fly, time and other people do to a run, and what the report says of it."""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from datetime import UTC, datetime, tzinfo
from itertools import pairwise
from pathlib import Path

import pytest

from provision.local.launcher import write_launcher
from provision.local.world import World, actions, faults, leases, machines, organizations, releases
from provision.local.world.faults import Fault, Kind
from provision.local.world.refusals import LeaseNotFound
from provision.report import run
from tests.provision.platforms import FLY_TOML, HEAD, write_platform
from tests.provision.rehearsals import (
    Ran,
    as_declared,
    before_deploy,
    finished,
    provision,
    start,
    tell,
    world_of,
)

pytestmark = pytest.mark.long

QUICK = ("test", "-f", "test.toml", "--local", "--settle", "1s")
MOUNTED = FLY_TOML + '\n[[mounts]]\nsource = "data"\ndestination = "/data"\n'


def made(folder: Path) -> None:
    """One app as it is declared."""
    write_platform(folder)
    as_declared(folder)


def machine_of(world: World) -> str:
    """The id of the one machine."""
    (machine,) = machines.list_(world, "acme-web")
    return machine.id


def live(world: World, *states: tuple[float, str]) -> None:
    """Have the one machine enter each of *states* so many seconds from now."""
    now = world.clock.now()
    script = [[now + int(seconds * 1000), state] for seconds, state in states]
    world.execute("UPDATE machines SET life = ?", json.dumps(script))


def test_f27_without_a_payment_method_a_human_is_sent_to_the_page(tmp_path: Path) -> None:
    """F27: exit 5, the address of the page, and who must act."""
    write_platform(tmp_path)
    tell(tmp_path, "billing-required")

    found = provision(tmp_path, *QUICK)

    (error,) = found.report["errors"]
    assert (found.exit_code, error["code"]) == (5, "PaymentRequired")
    assert "https://fly.io/dashboard/personal/billing" in error["message"]
    assert error["hint"].startswith("a human must add a payment method")


def test_f59_a_machine_that_nobody_can_reach_is_found(tmp_path: Path) -> None:
    """F59: flyctl warns and exits with 0; the run does not."""
    write_platform(tmp_path)
    before_deploy(tmp_path, "acme-web")
    with world_of(tmp_path) as world:
        world.clock.run_at(30)
        faults.tell(world, "machine-listens-elsewhere")

    found = provision(tmp_path, *QUICK)

    (error,) = found.report["errors"]
    assert (found.exit_code, error["code"]) == (3, "NotVerified"), found.stderr
    said = "services: expected a listener at each internal port, found none, flyctl says"
    assert error["message"] == f"web: {said}"


def test_f66_a_release_in_between_is_not_taken_for_ours(tmp_path: Path) -> None:
    """F66: somebody else deploys meanwhile: exit 6, both releases named."""
    write_platform(tmp_path)
    before_deploy(tmp_path, "acme-web")
    with world_of(tmp_path) as world:
        fly = write_launcher(Path(world.path), tmp_path)
    script = tmp_path / "flyctl"
    twice = f'#!/bin/sh\n{fly} "$@"; code=$?\n[ "$1" = deploy ] && {fly} "$@" >&2\nexit $code\n'
    script.write_text(twice)
    script.chmod(0o755)

    found = provision(tmp_path, *QUICK, "--flyctl", str(script))

    (error,) = found.report["errors"]
    assert (found.exit_code, error["code"]) == (6, "Overtaken"), found.stderr
    assert error["message"] == "release v2 of acme-web was made while v1 was deployed"
    assert "fly releases -a acme-web" in error["hint"]


def test_f107_a_release_without_an_end_locks_nobody_out(tmp_path: Path) -> None:
    """F107: what a deploy that died left pending is said, and is no reason to stop."""
    made(tmp_path)
    with world_of(tmp_path) as world:
        releases.create(world, "acme-web", definition={}, image_ref="x", strategy="ROLLING")

    found = provision(tmp_path, *QUICK)

    assert (found.exit_code, found.writes()) == (0, [])
    (unproven,) = found.report["unproven"]
    assert (unproven["code"], unproven["where"]) == ("release-unfinished", "releases.v2")
    assert unproven["observed"].startswith("pending since 20")


def test_f73_a_machine_on_its_way_is_waited_for(tmp_path: Path) -> None:
    """F73: replacing, then starting, then started: nothing to find."""
    made(tmp_path)
    with world_of(tmp_path) as world:
        live(world, (-9, "replacing"), (0.4, "starting"), (0.7, "started"))

    found = provision(tmp_path, "verify", *QUICK[:-1], "20s")

    assert (found.exit_code, found.report["apps"]["web"]["health"]) == (0, "healthy")


def test_f73_a_machine_that_gets_nowhere_is_named(tmp_path: Path) -> None:
    """F73: it is waited for as long as is said, and then it is a finding."""
    made(tmp_path)
    with world_of(tmp_path) as world:
        live(world, (-9, "starting"))

    found = provision(tmp_path, "verify", *QUICK[:-1], "0.3s")

    (finding,) = found.report["findings"]
    assert (found.exit_code, finding["observed"]) == (3, "starting")
    assert found.report["apps"]["web"]["health"] == "progressing"


def test_f73_a_start_that_comes_too_early_is_tried_again(tmp_path: Path) -> None:
    """F73: 412 says that nothing happened."""
    made(tmp_path)
    with world_of(tmp_path) as world:
        actions.stop(world, "acme-web", machine_of(world))
        words = "unable to start machine from current state: 'stopping'"
        faults.inject(world, Fault("machines.start", Kind.REFUSE, 412, words, times=1))

    found = provision(tmp_path, *QUICK)

    assert (found.exit_code, found.changed()) == (0, ["fly.machine.start"]), found.stderr
    (step,) = [s for s in found.report["steps"] if " machine start " in s["command"]]
    assert step["attempts"] == 2


def test_f84_times_are_utc_wherever_it_runs(tmp_path: Path) -> None:
    """F84: a time zone changes no moment, and durations are not made of moments."""
    write_platform(tmp_path)

    far_away = finished(start(tmp_path, "verify", *QUICK, TZ="Pacific/Kiritimati"), tmp_path)

    run = far_away.report["run"]
    began, ended = (datetime.fromisoformat(run[k]) for k in ("started_at", "finished_at"))
    assert (began.tzinfo, run["started_at"][-1]) == (UTC, "Z")
    assert abs(time.time() - began.timestamp()) < 600
    assert abs((ended - began).total_seconds() * 1000 - run["duration_ms"]) < 1000


class SetBack(datetime):
    """What the time of day is once somebody has set the clock back, past midnight."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> SetBack:
        return cls.fromtimestamp(time.time() - 86_400, tz)


def test_f84_a_clock_that_is_set_back_changes_no_duration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F84: the moments are those of the clock, what lies between them is measured."""
    write_platform(tmp_path)
    monkeypatch.setattr(run, "datetime", SetBack)

    found = provision(tmp_path, "test", "-f", "test.toml", "--dry-run").report["run"]

    assert found["finished_at"] < found["started_at"]
    assert 0 <= found["duration_ms"] < 60_000


CLOCKS = {
    "procman/otel.py": "when the spans of a run begin",
    "procman/workflow.py": "when a run began",
    "provision/cli/invoking.py": "when it was called",
    "provision/lock.py": "since when the lock is held",
    "provision/verification/observe.py": "when machines were read, beside moments that Fly tells",
    "provision/report/run.py": "when it ended",
}
"""Who asks for the time of day, and for what; what lasts is measured by one that never jumps."""


def test_f84_the_time_of_day_is_asked_for_moments_alone() -> None:
    """F84: in UTC, and by nobody who measures how long something takes."""
    asking = re.compile(r"\btime\.time\b|\btime_ns\(|\bdatetime\.(now|today|utcnow)\(.*")
    root = Path(run.__file__).parents[2]
    sources = [path for name in ("procman", "provision") for path in (root / name).rglob("*.py")]

    found = {
        str(path.relative_to(root)): [each[0] for each in asking.finditer(path.read_text("utf-8"))]
        for path in sources
        if "local" not in path.relative_to(root).parts
    }

    assert {path for path, lines in found.items() if lines} == CLOCKS.keys()
    zones = [line for lines in found.values() for line in lines if line.startswith("datetime")]
    assert all(line.startswith("datetime.now(UTC)") for line in zones)


@pytest.mark.parametrize(
    ("head", "extra", "code"),
    [
        (HEAD, "", 0),
        (HEAD, "volumes = { data = { protect = true } }", 4),
        (HEAD.replace('"test"', '"prod"'), "", 4),
        (HEAD.replace('"test"', '"prod"'), "volumes = { data = { protect = false } }", 0),
    ],
)
def test_f89_a_protected_volume_keeps_its_app(
    tmp_path: Path, head: str, extra: str, code: int
) -> None:
    """F89: refused before anything is asked, with the line to change; in production by default."""
    write_platform(tmp_path, {"web": extra}, head=head, configs={"web": MOUNTED})
    word = "prod" if "prod" in head else "test"
    sure = ("--yes", "--confirm", "acme-test")

    found = provision(tmp_path, "destroy", word, *QUICK[1:], *sure)

    assert found.exit_code == code, found.stderr
    if code:
        (error,) = found.report["errors"]
        line = (tmp_path / "test.toml").read_text().splitlines().index(extra or "[apps.web]") + 1
        assert error["message"] == "volume data of web is protected, and goes with its app"
        assert error["hint"].startswith(f"test.toml:{line}: say volumes = {{ data = {{ protect =")
        assert found.commands() == []


def test_f95_a_surplus_machine_is_named_with_its_age_and_lease(tmp_path: Path) -> None:
    """F95: the one nobody heard of stays leased; neither is destroyed."""
    write_platform(tmp_path)
    before_deploy(tmp_path, "acme-web")
    tell(tmp_path, "machine-created-twice")

    found = provision(tmp_path, *QUICK)

    with world_of(tmp_path) as world:
        both = machines.list_(world, "acme-web")
        held = [leases.show(world, machine.id) for machine in both if is_leased(world, machine.id)]
    assert (found.exit_code, len(both), len(held)) == (3, 2, 1)
    (finding,) = found.report["findings"]
    assert all(f"{machine.id} (since 20" in finding["observed"] for machine in both)
    (diagnostic,) = found.report["diagnostics"]
    (said,) = diagnostic["leases"]
    assert said.startswith(f"{held[0].machine} is leased by dev@example.com until 20")


def is_leased(world: World, machine: str) -> bool:
    """Whether somebody works on *machine*."""
    try:
        leases.show(world, machine)
    except LeaseNotFound:
        return False
    return True


def test_f101_one_run_stages_one_secret_at_a_time(tmp_path: Path) -> None:
    """F101: flyctl notes in its folder which version it needs, and loses some of eight at once."""
    names = ["a", "b", "c"]
    path = write_platform(
        tmp_path,
        dict.fromkeys(names, 'secrets = ["KEY"]'),
        tail='[secrets.KEY]\nfrom = "env:KEY"\n',
    )
    path.write_text(path.read_text().replace("app = 1", "app = 0"))
    before_deploy(tmp_path, *(f"acme-{name}" for name in names))

    found = provision(tmp_path, *QUICK, KEY="x")

    spans = spans_of(found, "secrets import")
    assert (found.exit_code, len(spans)) == (0, 3)
    # Both ends are rounded.
    assert all(ended <= began + 1 for (_, ended), (began, _) in pairwise(spans))
    with world_of(tmp_path) as world:
        assert Counter(org.name for org in organizations.list_(world))["Acme Test"] == 1


def spans_of(ran: Ran, words: str) -> list[tuple[int, int]]:
    """From when to when the steps ran whose command has *words*, in ms."""
    steps = [step for step in ran.report["steps"] if f" {words} " in step["command"]]
    return sorted((s["started_ms"], s["started_ms"] + s["duration_ms"]) for s in steps)
