"""`provision doctor`: everything a run needs, looked at and left as it is."""

from __future__ import annotations

import io
import sys
from contextlib import redirect_stdout
from pathlib import Path

import pytest

from provision.cli.main import main
from provision.doctor import kind_of
from provision.local.launcher import write_launcher
from provision.local.world import organizations, requests
from tests.provision.platforms import HEAD, write_platform
from tests.provision.rehearsals import Ran, provision, surrounded_by, tell, world_of

LOCALLY = ("doctor", "test", "-f", "test.toml", "--local", "--output", "json")
LIVE = ("doctor", "test", "-f", "test.toml", "--output", "json")


def found(ran: Ran, name: str) -> tuple[str, str]:
    """The verdict on the thing called *name*, and what was found."""
    (one,) = [each for each in ran.report["examined"] if each["name"] == name]
    return one["verdict"], one["found"]


def test_all_is_well_on_the_local_fly(tmp_path: Path) -> None:
    """Exit 0; nothing is changed, no run is noted down, and what a run needs is said."""
    write_platform(tmp_path)
    with world_of(tmp_path) as world:
        organizations.create(world, "Acme Test")

    ran = provision(tmp_path, *LOCALLY)

    assert ran.exit_code == 0
    assert {each["name"]: each["verdict"] for each in ran.report["examined"]} == dict.fromkeys(
        ("python", "extra local", "manifest", "flyctl", "whoami", "organization", "containment"),
        "good",
    )
    assert found(ran, "organization") == ("good", "acme-test, as admin")
    assert ran.report["tool"]["flyctl"]["checked"] == "<0.5,>=0.4.87"
    assert ran.report["identity"] == {"whoami": "dev@example.com"}
    with world_of(tmp_path) as world:
        assert requests.changes(world) == ()
    assert not (tmp_path / ".provision" / "journals").exists()


def test_f45_replays_that_are_required_and_not_allowed_are_bad(tmp_path: Path) -> None:
    """F45: with the command that allows them, which an admin may give."""
    write_platform(tmp_path, head=HEAD + 'cross_network_replay = "required"\n')
    with world_of(tmp_path) as world:
        organizations.create(world, "Acme Test")

    ran = provision(tmp_path, *LOCALLY)

    assert (ran.exit_code, found(ran, "replays")) == (5, ("bad", "not allowed across networks"))
    (hint,) = [each["hint"] for each in ran.report["examined"] if each["name"] == "replays"]
    assert hint.endswith("fly orgs cross-network-replays enable --org acme-test")


def test_people_get_a_line_a_thing(tmp_path: Path) -> None:
    """Text is the default here."""
    stdout = io.StringIO()
    with surrounded_by({"PATH": "/nowhere"}), redirect_stdout(stdout):
        code = main(["doctor", f"--local={tmp_path / 'world.db'}", "--flyctl", "nothing"])

    assert code == 5
    assert "bad      flyctl        flyctl cannot be run: no nothing on PATH\n" in stdout.getvalue()
    assert stdout.getvalue().endswith("failed, exit code 5\n")


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    """Exit 5: no token, a secret without a value, no flyctl, each with what to do."""
    write_platform(tmp_path, {"web": 'secrets = ["KEY"]'}, tail='[secrets.KEY]\nfrom = "env:KEY"\n')

    ran = provision(tmp_path, *LIVE, PATH="/nowhere")

    assert ran.exit_code == 5
    bad = {e["name"]: e["hint"] for e in ran.report["examined"] if e["verdict"] == "bad"}
    assert bad.keys() == {"token", "secrets", "flyctl"}
    assert all(bad.values())
    assert found(ran, "secrets") == ("bad", "not set: KEY")


def test_the_token_is_named_and_never_shown(tmp_path: Path) -> None:
    """Which variable holds it, and its kind; what Fly says of it."""
    write_platform(tmp_path)
    fly = str(write_launcher(tmp_path / "world.db", tmp_path))

    ran = provision(tmp_path, *LIVE, "--flyctl", fly, FLY_ACCESS_TOKEN="fo1_s3cr3t")

    assert found(ran, "token") == ("good", "a person's token in FLY_ACCESS_TOKEN")
    assert found(ran, "whoami") == ("good", "dev@example.com")
    assert found(ran, "flyctl")[0] == "bad"  # a build from source, for a real organization
    assert "s3cr3t" not in str(ran.report) + ran.stderr


def test_without_a_token_fly_is_not_asked(tmp_path: Path) -> None:
    """What cannot be known is said to be unknown."""
    write_platform(tmp_path)
    fly = str(write_launcher(tmp_path / "world.db", tmp_path))

    ran = provision(tmp_path, *LIVE, "--flyctl", fly, "--allow-flyctl")

    assert found(ran, "flyctl")[0] == "good"
    assert found(ran, "whoami") == ("unknown", "not asked: there is no token")
    assert found(ran, "organization") == ("unknown", "not asked: there is no token")


def test_two_tokens_that_differ_are_told_once(tmp_path: Path) -> None:
    """F18: neither is used, and neither is shown."""
    write_platform(tmp_path)
    fly = str(write_launcher(tmp_path / "world.db", tmp_path))
    tokens = {"FLY_API_TOKEN": "a1b", "FLY_ACCESS_TOKEN": "c2d"}

    ran = provision(tmp_path, *LIVE, "--flyctl", fly, "--allow-flyctl", **tokens)

    bad = [e["name"] for e in ran.report["examined"] if e["verdict"] == "bad"]
    assert (ran.exit_code, bad) == (5, ["token"])
    assert "a1b" not in str(ran.report)


@pytest.mark.parametrize(
    ("token", "kind"),
    [
        ("fo1_abc", "a person's token"),
        ("fm2_abc", "a macaroon"),
        ("FlyV1 fm2_abc,fm2_def", "a macaroon"),
        ("fo1_abc,fm1r_def", "a macaroon"),
        ("abc", "an opaque token"),
    ],
)
def test_a_token_is_known_by_its_shape(token: str, kind: str) -> None:
    """As flyctl tells them apart."""
    assert kind_of(token).startswith(kind)


def test_a_token_that_is_not_good_is_told(tmp_path: Path) -> None:
    """In flyctl's words."""
    write_platform(tmp_path)
    tell(tmp_path, "token-expired")

    ran = provision(tmp_path, *LOCALLY)

    assert ran.exit_code == 5
    verdict, said = found(ran, "whoami")
    assert (verdict, "status code: 401" in said) == ("bad", True)
    assert found(ran, "organization") == ("unknown", "not asked: the token is not good")


def test_an_organization_that_must_be_there_and_is_not(tmp_path: Path) -> None:
    """Bad where a run may not create it, good where it would."""
    write_platform(tmp_path)
    assert found(provision(tmp_path, *LOCALLY), "organization")[0] == "good"

    write_platform(tmp_path, head=HEAD.replace("create = true", "create = false"))
    assert found(provision(tmp_path, *LOCALLY), "organization") == (
        "bad",
        "the token sees 1 organizations, acme-test not among them",
    )


def test_a_manifest_that_is_wrong_is_one_thing_among_others(tmp_path: Path) -> None:
    """The rest is looked at all the same."""
    (tmp_path / "test.toml").write_text("format = 1\n")

    ran = provision(tmp_path, *LOCALLY)

    assert ran.exit_code == 5
    assert found(ran, "manifest")[0] == "bad"
    assert found(ran, "whoami")[0] == "good"


def test_the_extra_is_missed_where_it_is_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A real flyctl on the local Fly needs it: the line for pip is shown."""
    write_platform(tmp_path)
    fly = str(write_launcher(tmp_path / "world.db", tmp_path))
    monkeypatch.setitem(sys.modules, "uvicorn", None)

    needed = provision(tmp_path, *LOCALLY, "--flyctl", fly)
    not_needed = provision(tmp_path, *LOCALLY)
    run = provision(tmp_path, "test", "-f", "test.toml", "--local", "--flyctl", fly)

    assert (needed.exit_code, not_needed.exit_code, run.exit_code) == (5, 0, 5)
    assert found(needed, "extra local")[0] == "bad"
    assert found(not_needed, "extra local")[1].startswith("not installed (no uvicorn)")
    assert run.report["errors"][0]["hint"] == "pip install 'fly-provision[local]'"
