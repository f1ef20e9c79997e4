"""Failures a provisioner survives, each on the smallest platform that shows it."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from provision.local.world import (
    addresses,
    apps,
    faults,
    leases,
    machines,
    organizations,
    requests,
    secrets,
)
from provision.local.world.addresses import AddressType
from provision.local.world.faults import Fault, Kind
from provision.local.world.operations import Operation
from provision.local.world.requests import Outcome, Request
from provision.making import deploying
from tests.provision.local.flies import Fly
from tests.provision.platforms import FLY_TOML, HEAD, write_platform
from tests.provision.rehearsals import (
    Ran,
    all_is_well,
    as_declared,
    before_deploy,
    provision,
    run_at,
    said,
    tell,
    world_of,
)

pytestmark = pytest.mark.long

QUICK = ("test", "-f", "test.toml", "--local", "--settle", "0.5s")
SHORT_WAITS = HEAD + '\n[defaults]\nwait_timeout = "3s"\n'
KEY = '[secrets.KEY]\nfrom = "env:KEY"\n'
CHECKED = FLY_TOML + '\n[[services.tcp_checks]]\ninterval = "2s"\ntimeout = "1s"\n'
RELEASE_COMMAND = FLY_TOML + '\n[deploy]\nrelease_command = "./migrate"\n'


def error_of(ran: Ran) -> tuple[int, str, str]:
    """Exit code, name and words of the only error."""
    (error,) = ran.report["errors"]
    return ran.exit_code, error["code"], error["message"]


# Tokens and organizations


def test_f20_a_token_that_may_only_read_is_a_precondition(tmp_path: Path) -> None:
    """F20: nothing was changed, and the hint says which token would do."""
    write_platform(tmp_path)
    tell(tmp_path, "token-read-only")

    found = provision(tmp_path, *QUICK)

    assert error_of(found)[:2] == (5, "NotAllowed")
    assert "fly tokens create org" in found.report["errors"][0]["hint"]


def test_f21_a_token_that_expires_in_the_middle_stops_the_run(tmp_path: Path) -> None:
    """F21: a failed step, and what was left is skipped."""
    write_platform(tmp_path, {"web": "", "after": 'depends_on = ["web"]'})
    before_deploy(tmp_path, "acme-web", "acme-after")
    with world_of(tmp_path) as world:
        refused = Fault("machines.*", Kind.REFUSE, 401, "Authenticate: token validation error")
        faults.inject(world, refused)

    found = provision(tmp_path, *QUICK)

    assert (found.exit_code, found.report["errors"][0]["code"]) == (1, "NotAuthenticated")
    assert found.outcomes() == {"web": "failed", "after": "skipped"}


def test_f19_a_token_of_another_organization_makes_nothing(tmp_path: Path) -> None:
    """F19: an app that is not in the list may exist, so none is created."""
    write_platform(tmp_path)
    with world_of(tmp_path) as world:
        organizations.create(world, "Acme Test")
    tell(tmp_path, "token-of-another-org")

    found = provision(tmp_path, *QUICK)

    assert (found.exit_code, found.report["errors"][0]["code"]) == (5, "OrgHidden")
    assert found.writes() == []


REPLAYS = HEAD + 'cross_network_replay = "required"\n'


def test_f45_replays_that_the_organization_does_not_allow_stop_before_any_app(
    tmp_path: Path,
) -> None:
    """F45: the setting is of the whole organization, so it is named and never switched."""
    path = write_platform(tmp_path, head=REPLAYS)
    path.write_text(path.read_text().replace("app = 1", "app = 0"))
    with world_of(tmp_path) as world:
        organizations.create(world, "Acme Test")
        fly = Fly(Path(world.path), tmp_path)

    refused = provision(tmp_path, *QUICK)
    command = refused.report["errors"][0]["hint"].partition(": fly ")[2]
    switched = fly.run(*command.split(), "--yes")
    allowed = provision(tmp_path, *QUICK)

    assert error_of(refused)[:2] == (4, "ReplaysNotAllowed")
    assert (refused.writes(), refused.outcomes()) == ([], {"web": "skipped"})
    assert [found["code"] for found in refused.report["findings"]] == ["org-replays"]
    assert switched.stdout == "Cross-network replays enabled for acme-test\n"
    assert (allowed.exit_code, allowed.report["findings"]) == (0, [])
    assert [write.split()[0] for write in allowed.writes()] == ["apps", "ips"]


# Apps, networks, addresses


def test_f33_f36_f39_what_exists_is_looked_up(tmp_path: Path) -> None:
    """F33, F36, F39: an app on the network ``default`` and its address are kept, not made anew."""
    write_platform(tmp_path, head=HEAD.partition("[network]")[0])
    with world_of(tmp_path) as world:
        organizations.create(world, "Acme Test")
        apps.create(world, "acme-web", organization="acme-test")
        kind = AddressType.PRIVATE_V6
        kept = addresses.allocate(world, "acme-web", kind, organization="acme-test")

    found = provision(tmp_path, *QUICK)

    assert found.exit_code == 0, found.stderr
    assert [write.split()[0] for write in found.writes()] == ["deploy"]
    (flycast,) = found.report["apps"]["web"]["exposure"]["flycast"]
    assert flycast["address"] == kept.address


def test_f40_flycast_from_another_network_is_named_and_kept(tmp_path: Path) -> None:
    """F40: the declared one counts, the other is never released."""
    write_platform(tmp_path)
    before_deploy(tmp_path, "acme-web")
    with world_of(tmp_path) as world:
        apps.create(world, "elsewhere", organization="acme-test", network="other-net")
        kind = AddressType.PRIVATE_V6
        addresses.allocate(world, "acme-web", kind, organization="acme-test", network="other-net")

    found = provision(tmp_path, *QUICK)

    assert error_of(found)[:2] == (3, "NotVerified")
    assert "expected no Flycast address for other-net" in error_of(found)[2]
    assert [write.split()[0] for write in found.writes()] == ["deploy"]


def test_f46_half_of_the_addresses_are_not_made_twice(tmp_path: Path) -> None:
    """F46: the report has both facts, and the next run makes what is missing."""
    extra = 'exposure = "public"\npublic_ips = ["v6", "shared_v4"]'
    path = write_platform(tmp_path, {"web": ""})
    path.write_text(path.read_text().replace('exposure = "private"', extra))
    with world_of(tmp_path) as world:
        faults.inject(world, Fault("addresses.allocate", Kind.REFUSE, 200, "sorry", skip=1))

    first = provision(tmp_path, *QUICK)
    all_is_well(tmp_path)
    second = provision(tmp_path, *QUICK)

    assert (first.exit_code, second.exit_code) == (1, 0)
    (kept,) = first.report["apps"]["web"]["exposure"]["public_ips"]
    assert kept["type"] == "v6"
    made = [write.split()[1] for write in second.writes() if write.startswith("ips")]
    assert made == ["allocate-v4"]


def test_f70_an_app_without_machines_is_well_by_declaration(tmp_path: Path) -> None:
    """F70: it is created and never deployed."""
    path = write_platform(tmp_path)
    path.write_text(path.read_text().replace("app = 1", "app = 0"))

    found = provision(tmp_path, *QUICK)

    assert found.exit_code == 0, found.stderr
    assert not any(write.startswith("deploy") for write in found.writes())
    assert found.report["apps"]["web"]["health"] == "healthy"


# Secrets


def test_f51_secrets_outside_the_manifest_are_listed_and_kept(tmp_path: Path) -> None:
    """F51: exit 0, and nothing unsets them."""
    write_platform(tmp_path)
    before_deploy(tmp_path, "acme-web")
    with world_of(tmp_path) as world:
        secrets.set_(world, "acme-web", {"OLD": "value"})

    found = provision(tmp_path, *QUICK)

    assert found.exit_code == 0, found.stderr
    (foreign,) = found.report["unproven"]
    assert (foreign["code"], foreign["observed"]) == ("foreign-secret", "OLD")
    assert not any(write.startswith("secrets") for write in found.writes())


def test_f52_f53_a_staged_secret_goes_live_with_the_next_deploy(tmp_path: Path) -> None:
    """F52, F53: a deploy that fails leaves it staged, and the report says so."""
    write_platform(tmp_path, {"web": 'secrets = ["KEY"]'}, head=SHORT_WAITS, tail=KEY)
    as_declared(tmp_path, KEY="x")
    tell(tmp_path, "deploy-fails")

    failed = provision(tmp_path, *QUICK, "--refresh-secrets", KEY="y")
    all_is_well(tmp_path)
    mended = provision(tmp_path, *QUICK, KEY="y")

    assert (failed.exit_code, mended.exit_code) == (1, 0)
    assert [r.report["apps"]["web"]["secrets"][0]["status"] for r in (failed, mended)] == [
        "Staged",
        "Deployed",
    ]
    assert [write.split()[0] for write in mended.writes()] == ["deploy"]


def test_what_flyctl_calls_staged_without_proof_is_looked_at_again(tmp_path: Path) -> None:
    """It says so of all secrets when it could not read the machines: no reason to restart them."""
    write_platform(tmp_path, {"web": 'secrets = ["KEY"]'}, tail=KEY)
    as_declared(tmp_path, KEY="x")
    with world_of(tmp_path) as world:
        faults.inject(world, Fault("machines.list", Kind.REFUSE, 429, "too many", times=1))

    found = provision(tmp_path, *QUICK, KEY="x")

    assert (found.exit_code, found.writes()) == (0, [])
    assert Counter(found.commands())["secrets list -a acme-web --json"] == 3


# Deploys


DEPLOYS = [
    ("release-command-fails", RELEASE_COMMAND, (1, "ReleaseCommandFailed")),
    ("machine-unhealthy", CHECKED, (1, "Unhealthy")),
    ("machine-oom", FLY_TOML, (3, "AppCrashing")),
    ("machine-quota", FLY_TOML, (5, "QuotaReached")),
    ("app-quota", FLY_TOML, (5, "QuotaReached")),
    ("release-stuck", FLY_TOML, (1, "ServerTrouble")),
]


@pytest.mark.parametrize(("scenario", "config", "expected"), DEPLOYS)
def test_a_deploy_that_fails_is_told_by_its_name(
    tmp_path: Path, scenario: str, config: str, expected: tuple[int, str]
) -> None:
    """F55, F58, F59, F61, F107: not as "deploy failed"."""
    write_platform(tmp_path, head=SHORT_WAITS.replace("3s", "6s"), configs={"web": config})
    if scenario != "app-quota":
        before_deploy(tmp_path, "acme-web")
    tell(tmp_path, scenario)
    run_at(tmp_path, 0)

    found = provision(tmp_path, *QUICK)

    assert error_of(found)[:2] == expected
    is_oom = "out of memory" in str(found.report["findings"])
    assert is_oom == (scenario == "machine-oom")
    if scenario == "machine-unhealthy":
        (finding,) = found.report["findings"]
        assert finding["where"].endswith(".checks.servicecheck-00-tcp-8080")
        assert finding["observed"] == "critical: connection refused"
        (diagnostic,) = found.report["diagnostics"]
        assert (len(diagnostic["events"]), len(diagnostic["logs"])) == (3, 2)


def test_f58_a_machine_that_has_exited_ends_the_wait_for_its_checks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F58: its checks, events and log are told long before flyctl's time is up."""
    write_platform(tmp_path, configs={"web": CHECKED})
    before_deploy(tmp_path, "acme-web")
    tell(tmp_path, "machine-unhealthy")
    tell(tmp_path, "machine-dies-later")
    monkeypatch.setattr(deploying, "LOOK_AGAIN", 0.2)
    run_at(tmp_path, 40)

    found = provision(tmp_path, *QUICK)

    assert error_of(found)[:2] == (1, "MachineExited")
    (diagnostic,) = found.report["diagnostics"]
    assert any("exit code 1" in event for event in diagnostic["events"])
    assert any("exited normally" in line for line in diagnostic["logs"])
    assert diagnostic["leases"] == []
    (deploy,) = [s for s in found.report["steps"] if ".fly.deploy." in s["id"]]
    assert (deploy["outcome"], deploy["duration_ms"] < 5000) == ("cancelled", True)


IMAGE = 'image = "registry.example.net/acme/web:1"\n'


def test_f63_a_builder_that_cannot_be_reached_is_told_by_its_name(tmp_path: Path) -> None:
    """F63: not as "deploy failed"; an app with an image needs none, one with a Dockerfile does."""
    goes_on = HEAD + '\n[defaults]\non_failure = "continue-independent"\n'
    path = write_platform(tmp_path, {"web": "", "aside": ""}, head=goes_on)
    path.write_text(path.read_text().replace(IMAGE, ""))
    (tmp_path / "Dockerfile").write_text("FROM scratch\n")
    before_deploy(tmp_path, "acme-web", "acme-aside")
    tell(tmp_path, "builder-unreachable")

    found = provision(tmp_path, *QUICK)

    assert error_of(found)[:2] == (1, "BuilderUnreachable")
    assert found.report["errors"][0]["app"] == "web"
    assert found.outcomes() == {"web": "failed", "aside": "succeeded"}


def test_f54_the_last_lines_of_a_failed_build_are_shown(tmp_path: Path) -> None:
    """F54: the app is left as it was."""
    path = write_platform(tmp_path)
    path.write_text(path.read_text().replace(IMAGE, ""))
    (tmp_path / "Dockerfile").write_text("FROM scratch\n")
    before_deploy(tmp_path, "acme-web")
    tell(tmp_path, "build-fails")

    found = provision(tmp_path, *QUICK)

    assert found.exit_code == 1
    assert "did not complete successfully: exit code: 2" in error_of(found)[2]
    assert found.report["apps"]["web"]["machines"]["have"] == []


def test_f57_a_failure_after_all_was_done_fails_and_says_healthy(tmp_path: Path) -> None:
    """F57: the step failed, and what was read back says how the app is; the next run is content."""
    write_platform(tmp_path)
    before_deploy(tmp_path, "acme-web")
    tell(tmp_path, "deploy-fails-at-end")

    found = provision(tmp_path, *QUICK)
    all_is_well(tmp_path)
    again = provision(tmp_path, *QUICK)

    app = found.report["apps"]["web"]
    assert (found.exit_code, app["outcome"], app["health"]) == (1, "failed", "healthy")
    assert (again.exit_code, again.writes()) == (0, [])


def test_f66_a_machine_leased_by_another_deploy_is_a_lock(tmp_path: Path) -> None:
    """F66: the exit code says that somebody else is at work, progress and report say who."""
    write_platform(tmp_path)
    as_declared(tmp_path)
    with world_of(tmp_path) as world:
        world.clock.run_at(200)
        world.set_setting("viewer_email", "jane@example.com")
        (machine,) = machines.list_(world, "acme-web")
        leases.acquire(world, machine.id, seconds=1_000_000)

    where = ("--output", "text", "--report", "report.json")
    code, stdout, _ = said(tmp_path, *QUICK, *where, "--redeploy", "web")

    (error,) = json.loads((tmp_path / "report.json").read_text())["errors"]
    assert (code, error["code"]) == (6, "LeaseHeld")
    assert "--lock-wait 10m" in error["hint"]
    assert "lease currently held by jane@example.com" in error["message"]
    assert f"\nlease of web: {machine.id} is leased by jane@example.com until 2" in stdout
    assert "\nevent of web: 2" in stdout


@contextmanager
def leased(folder: Path, until: Callable[[Sequence[Request]], bool]) -> Iterator[str]:
    """The one machine, its id, is held *until* what was asked meanwhile says so."""
    with world_of(folder) as world:
        (machine,) = machines.list_(world, "acme-web")
        lease = leases.acquire(world, machine.id, seconds=300)
        before = requests.count(world)

    def let_go() -> bool:
        ends_at = time.monotonic() + 20
        with world_of(folder) as world:
            while not (is_so := until(requests.list_(world, after=before))):
                if time.monotonic() > ends_at:
                    break
                time.sleep(0.02)
            leases.release(world, machine.id, lease.nonce)
            return is_so

    with ThreadPoolExecutor(1) as beside:
        was_so = beside.submit(let_go)
        yield machine.id
        assert was_so.result(1)


def test_f99_what_a_killed_run_left_leased_is_waited_for_and_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F99: flyctl waits for it in silence, and all is well."""
    write_platform(tmp_path)
    as_declared(tmp_path)
    monkeypatch.setattr(deploying, "SILENCE", 0.0)

    def was_refused(asked: Sequence[Request]) -> bool:
        return any(each.outcome is Outcome.REFUSED for each in asked)

    with leased(tmp_path, was_refused) as machine:
        found = provision(tmp_path, *QUICK, "--redeploy", "web")

    assert found.exit_code == 0, found.stderr
    who = f"web: waits up to 60 s for machine {machine}, leased by dev@example.com: "
    assert who in found.stderr


def test_f99_a_lease_of_minutes_is_waited_for_if_that_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F99: a first deploy that was interrupted leaves one; the deploy itself never meets it."""
    write_platform(tmp_path)
    as_declared(tmp_path)
    monkeypatch.setattr(deploying, "LOOK_AGAIN", 0.05)

    def was_looked_at_twice(asked: Sequence[Request]) -> bool:
        return sum(each.operation is Operation.LEASES_SHOW for each in asked) > 1

    with leased(tmp_path, was_looked_at_twice) as machine:
        found = provision(tmp_path, *QUICK, "--redeploy", "web", "--lock-wait", "10m")

    assert found.exit_code == 0, found.stderr
    who = f"web: waits up to 600 s for machine {machine}, leased by dev@example.com: "
    assert found.stderr.count(who) == 1
    with world_of(tmp_path) as world:
        asked = requests.list_(world)
    taken = [each.outcome for each in asked if each.operation is Operation.LEASES_ACQUIRE]
    assert Outcome.REFUSED not in taken


def test_what_crashed_is_put_right_at_once(tmp_path: Path) -> None:
    """As the README has it: what goes wrong is ended, and the app released again."""
    write_platform(tmp_path, head=SHORT_WAITS)
    before_deploy(tmp_path, "acme-web")
    tell(tmp_path, "machine-crashes")

    crashed = provision(tmp_path, *QUICK)
    with world_of(tmp_path) as world:
        faults.clear(world)
    found = provision(tmp_path, *QUICK, "--redeploy", "web")

    assert error_of(crashed)[:2] == (3, "AppCrashing")
    assert found.exit_code == 0, found.stderr


# Diagnostics


LOGS = [
    ("logs-empty", "none: quiet of 3 s reached"),
    ("logs-forbidden", "401 Unauthorized"),
    ("logs-huge", ""),
]


@pytest.mark.parametrize(("scenario", "said"), LOGS)
def test_f79_logs_never_hide_the_first_error(tmp_path: Path, scenario: str, said: str) -> None:
    """
    F79: empty, forbidden or enormous; the report says which, and stays bounded.

    It has the last events of the machines as well.
    """
    write_platform(tmp_path, head=SHORT_WAITS)
    before_deploy(tmp_path, "acme-web")
    tell(tmp_path, "machine-crashes")
    tell(tmp_path, scenario)
    run_at(tmp_path, 0)

    found = provision(tmp_path, *QUICK)

    assert error_of(found)[:2] == (3, "AppCrashing")
    (diagnostic,) = found.report["diagnostics"]
    assert said in diagnostic["no_logs"]
    assert bool(said) == bool(diagnostic["no_logs"]) == (not diagnostic["logs"])
    assert len(diagnostic["logs"]) <= 200
    assert diagnostic["app"] == "web"
    assert any("exit code 1" in event for event in diagnostic["events"])
    assert found.report["apps"]["web"]["health"] == "degraded"


# Teardown


def test_f86_a_teardown_that_failed_half_way_is_finished(tmp_path: Path) -> None:
    """F86: non-zero, what is left is named, and the next run finishes."""
    write_platform(tmp_path, {"a": "", "b": 'depends_on = ["a"]'})
    before_deploy(tmp_path, "acme-a", "acme-b")
    with world_of(tmp_path) as world:
        faults.inject(world, Fault("apps.delete", Kind.REFUSE, 500, "sorry", app="acme-a"))

    first = provision(tmp_path, "destroy", *QUICK, "--yes")
    all_is_well(tmp_path)
    second = provision(tmp_path, "destroy", *QUICK, "--yes")

    assert (first.exit_code, second.exit_code) == (1, 0)
    assert first.report["errors"][0]["app"] == "a"
    assert Counter(write.split()[1] for write in second.writes()) == {"destroy": 1, "delete": 1}


def test_f90_what_keeps_an_organization_is_passed_on(tmp_path: Path) -> None:
    """F90: the words of Fly, and exit 1."""
    write_platform(tmp_path)
    with world_of(tmp_path) as world:
        organizations.create(world, "Acme Test")
    tell(tmp_path, "billing-blocks-org-deletion")

    found = provision(tmp_path, "destroy", *QUICK, "--yes")

    assert found.exit_code == 1
    assert "unpaid invoices" in error_of(found)[2]
