"""What a person reads: the text report, and what stands on stderr."""

from __future__ import annotations

import io
from pathlib import Path

from provision.local.world import organizations
from tests.provision.platforms import write_platform
from tests.provision.rehearsals import provision, said, tell, world_of


class Terminal(io.StringIO):
    """A stdout that a person looks at."""

    def isatty(self) -> bool:
        return True


TEXT = ("-f", "test.toml", "--output", "text")


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
