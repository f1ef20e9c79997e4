"""What a person reads: the text report, and what stands on stderr."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pytest

from procman import JobLogged, Secret, StepStarted
from provision.change_log import ChangeLog, LoggedChange
from provision.fly.client import Fly
from provision.local.world import addresses, apps, organizations
from provision.local.world.addresses import AddressType
from provision.plan import Action, secret_changes
from provision.session import Session
from tests.provision.platforms import load_platform, write_platform
from tests.provision.rehearsals import (
    as_declared,
    before_deploy,
    blocks,
    provision,
    said,
    tell,
    world_of,
)

pytestmark = pytest.mark.long


class Terminal(io.StringIO):
    """A stdout that a person looks at."""

    def isatty(self) -> bool:
        return True


TEXT = ("-f", "test.toml", "--output", "text")
QUICK = ("test", *TEXT, "--local", "--settle", "0")


def test_a_failure_says_what_to_do_next(tmp_path: Path) -> None:
    """The app, why, its log, what to do; what was begun and failed is no change that was made."""
    write_platform(tmp_path, {"a": "", "b": 'depends_on = ["a"]'})
    before_deploy(tmp_path, "acme-a", "acme-b")
    tell(tmp_path, "machine-crashes", app="acme-a")

    code, stdout, stderr = said(tmp_path, *QUICK)

    _, changed, wrong, ending = blocks(stdout)
    assert code == 3
    assert changed == ["a            created    release of acme-a: failed"]
    assert re.match(r"error: a: smoke checks for \w+ failed: the app appears to be", wrong[0])
    assert wrong[0] in stderr.splitlines()
    logs = [line for line in wrong if line.startswith("log of a: ")]
    assert len(logs) == 5
    assert "Main child exited normally with code: 1" in "".join(logs)
    (event,) = [line for line in wrong if line.startswith("event of a: ")]
    assert re.search(r" exit \w+ by flyd exit code 1 \(and \d+ more\)$", event)
    assert wrong[-1] == "next: put that right, then run it again: what is there is not made twice"
    assert ending[-1] == "failed, exit code 3"


def test_what_is_changed_says_why(tmp_path: Path) -> None:
    """An update is none of what was made, in JSON as well; and a finding is told once."""
    write_platform(tmp_path, {"a": "", "b": ""})
    as_declared(tmp_path)
    with world_of(tmp_path) as world:
        addresses.allocate(world, "acme-b", AddressType.V6)

    code, stdout, _ = said(tmp_path, *QUICK, "--redeploy", "a", "--report", "report.json")

    _, changed, wrong, _ = blocks(stdout)
    changes = json.loads((tmp_path / "report.json").read_text())["changes"]
    assert code == 3
    assert changed == ["a            updated    release of acme-a (asked for)"]
    assert (changes["created"], [c["what"] for c in changes["updated"]]) == (
        [],
        ["release of acme-a"],
    )
    assert sum("v6 address" in line for line in wrong) == 1


def test_each_command_that_sets_secrets_names_its_own(tmp_path: Path) -> None:
    """Those that `secrets import` cannot read are set by themselves, and told so."""
    values = {"JSON": Secret('{"a": "b#c"}'), "KEY": Secret("x"), "ID": Secret("y")}
    tail = "".join(f'[secrets.{name}]\nfrom = "env:{name}"\n' for name in values)
    path = write_platform(tmp_path, {"web": f"secrets = {[*values]}"}, tail=tail)
    platform = load_platform(path)
    session = Session(platform, Fly("fly", Secret("t0ken"), tmp_path), values)

    changes = secret_changes(session, platform.apps["web"], ())

    assert [(change.what, change.step.name) for change in changes] == [
        ("secrets of acme-web: ID, KEY", "fly.secrets.import"),
        ("secrets of acme-web: JSON", "fly.secrets.set"),
    ]


def test_what_is_destroyed_is_told(tmp_path: Path) -> None:
    """On the way back, too."""
    write_platform(tmp_path)
    before_deploy(tmp_path, "acme-web")

    _, stdout, _ = said(tmp_path, "destroy", *QUICK, "--yes")

    assert blocks(stdout)[1] == [
        "org          destroyed  organization acme-test",
        "web          destroyed  app acme-web",
    ]


def test_a_secret_that_is_spelled_like_an_action_hides_no_change() -> None:
    """What is redacted is told as the least that can be said: something was updated."""
    log = ChangeLog()
    told = {"action": "[redacted]", "what": "app acme-web", "reason": "declared"}

    log(JobLogged(0.0, "apps.web", "[redacted] app acme-web", told))
    log(StepStarted(0.1, "apps.other", "fly.apps.list", 1))
    log(StepStarted(0.2, "apps.web", "fly.apps.create", 2))
    log(StepStarted(0.3, "apps.web", "fly.apps.list", 3))

    assert log.by_step == {2: LoggedChange(Action.UPDATE, "app acme-web", "declared")}
    with pytest.raises(ValueError, match="mend"):
        log(JobLogged(0.4, "apps.web", "mend app acme-web", {**told, "action": "mend"}))


def test_a_dry_run_shows_its_commands_to_a_person(tmp_path: Path) -> None:
    """F11: as one would type them, and what each depends on."""
    write_platform(tmp_path)

    code, stdout, _ = said(tmp_path, "test", *TEXT, "--dry-run")

    lines = stdout.splitlines()
    assert code == 0
    assert "fly orgs list --json" in lines
    assert "fly orgs create 'Acme Test' --json  # if the organization is missing" in lines
    assert lines[-1] == "succeeded, exit code 0"


def test_a_finding_names_its_app(tmp_path: Path) -> None:
    """Of several apps one must know which; the words on stderr are those of the text."""
    write_platform(tmp_path, {"a": "", "b": ""})
    with world_of(tmp_path) as world:
        organizations.create(world, "Acme Test")

    code, stdout, stderr = said(tmp_path, "verify", "test", *TEXT, "--local", "--settle", "0")

    finding = "finding: a: app: expected app acme-a, found none the token sees in the organization"
    assert code == 3
    assert finding in stdout.splitlines()
    assert finding in stderr.splitlines()


def test_what_cannot_be_proven_is_told(tmp_path: Path) -> None:
    """An app that the manifest does not name may be wanted: no change, no failure, and told."""
    write_platform(tmp_path)
    as_declared(tmp_path)
    with world_of(tmp_path) as world:
        apps.create(world, "strange", organization="acme-test", network="acme-net")

    code, stdout, _ = said(tmp_path, *QUICK)

    assert code == 0
    assert blocks(stdout)[1:3] == [
        ["no changes"],
        ["unproven: apps: expected no app outside the manifest, found strange"],
    ]


def test_what_was_not_read_back_is_not_said_to_be_absent(tmp_path: Path) -> None:
    """An app that a run never came to may well have machines."""
    write_platform(tmp_path, {"a": "", "b": 'depends_on = ["a"]'})
    tell(tmp_path, "name-taken")

    code, stdout, _ = said(tmp_path, "test", *TEXT, "--local", "--settle", "0")

    assert code == 1
    assert "b            skipped    unknown   unknown      not read back" in stdout.splitlines()


def test_nothing_is_told_twice_on_a_terminal(tmp_path: Path) -> None:
    """Where the text itself is looked at, stderr has no copy of its errors."""
    _, stdout, stderr = said(tmp_path, "test", *TEXT, "--local", stdout=Terminal())

    assert "error: test.toml: No such file or directory\n" in stdout
    assert stderr == ""


def test_what_does_not_exist_is_not_in_sync(tmp_path: Path) -> None:
    """Nothing is known of an app whose organization is missing."""
    write_platform(tmp_path)

    found = provision(tmp_path, "verify", "test", "-f", "test.toml", "--local", "--settle", "0")

    app = found.report["apps"]["web"]
    assert (found.exit_code, app["sync"], app["health"]) == (3, "unknown", "missing")
    assert (app["outcome"], app["cause"]) == ("failed", "missing, as its organization is")


def test_a_missing_manifest_is_told_with_what_to_do(tmp_path: Path) -> None:
    """F01: what, where, and what next; journals that never were are not named."""
    found = provision(tmp_path, "test", "--local")

    (error,) = found.report["errors"]
    assert (found.exit_code, error["message"]) == (
        65,
        "manifests/test.toml: No such file or directory",
    )
    assert (
        error["hint"] == "name the manifest with -f PATH, or run in the folder that has manifests/"
    )
    assert found.report["run"]["journals"] == []


def test_an_app_to_redeploy_must_be_declared(tmp_path: Path) -> None:
    """A name that is mistyped is refused before anything runs, with the nearest one."""
    write_platform(tmp_path)

    for mode in ("--dry-run", "--local"):
        found = provision(tmp_path, "test", "-f", "test.toml", mode, "--redeploy", "wbe")
        (error,) = found.report["errors"]
        assert found.exit_code == 64
        assert error["message"] == (
            "--redeploy wbe: no such app in the manifest; did you mean 'web'?"
        )
        assert found.report["steps"] == []
