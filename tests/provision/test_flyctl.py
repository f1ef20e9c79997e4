"""Which flyctl is called: found, of a version that was checked, or said to be good enough."""

from __future__ import annotations

from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet

from provision.fly.models import FlyctlVersion
from provision.fly.version import CHECKED, is_in
from provision.flyctl import FlyctlUnchecked, Trust, doubts
from provision.local.launcher import write_launcher
from provision.local.world.faults import Fault, Kind, Mark, inject
from tests.provision.platforms import HEAD, write_platform
from tests.provision.recordings import recording
from tests.provision.rehearsals import Ran, before_deploy, provision, world_of

BUILT = "2026.11.24-dev.1795499288"
"""As a build from source says it."""


def flyctl(version: str, environment: str = "production") -> FlyctlVersion:
    return FlyctlVersion("fly", version, environment)


@pytest.mark.parametrize("version", ["0.4.87", "0.4.90-pre-1", "0.4.120"])
def test_f14_a_release_is_within_the_range(version: str) -> None:
    """F14: versions as flyctl prints them."""
    assert is_in(CHECKED, flyctl(version))


@pytest.mark.parametrize(
    "version",
    [
        "0.4.86",
        "0.4.87-pre-1",
        "0.5.0",
        "1.0.0",
        "2026.8.21-pr5106.1",
        "2023.8.16-stable.12",
        "0.0.269-dev-tcp-proxy-48b8696",
        "",
    ],
)
def test_f14_a_release_is_out_of_the_range(version: str) -> None:
    """F14: of all its years; what is no number is in no range."""
    assert not is_in(CHECKED, flyctl(version))


def test_a_build_from_source_is_in_no_range() -> None:
    """Its version is a date, and larger than any."""
    assert not is_in(SpecifierSet(">=0.4"), flyctl(BUILT, "development"))


def test_a_build_from_source_is_good_enough_for_a_rehearsal() -> None:
    """And for nothing else, unless it is said to be."""
    built = flyctl(BUILT, "development")

    assert doubts(built, None, Trust.BUILDS) == ()
    (doubt,) = doubts(built, None, Trust.ANY)
    assert BUILT in doubt
    with pytest.raises(FlyctlUnchecked, match=r"2026.11.24-dev.*0\.4\.87"):
        doubts(built, None, Trust.RELEASES)


def test_the_manifest_narrows_the_range() -> None:
    """A release must be within both ranges; each that it is not in is named."""
    allowed = SpecifierSet(">=0.4.100")

    assert doubts(flyctl("0.4.100"), allowed, Trust.RELEASES) == ()
    assert doubts(flyctl("0.4.90"), allowed, Trust.ANY) == (
        "this is flyctl 0.4.90; the manifest asks for >=0.4.100",
    )
    assert len(doubts(flyctl("0.4.1"), allowed, Trust.ANY)) == 2


def of_version(folder: Path, version: str) -> None:
    """Have the stand-in say that it is the release *version*."""
    with world_of(folder) as world:
        inject(world, Fault(Mark.CLIENT_VERSION, Kind.MARK, message=version))


LOCALLY = ("test", "-f", "test.toml", "--local")


def test_f14_a_flyctl_out_of_range_is_refused(tmp_path: Path) -> None:
    """F14: exit 5 before anything is asked of Fly; both versions are named, and the way out."""
    write_platform(tmp_path)
    of_version(tmp_path, "0.2.10")

    found = provision(tmp_path, *LOCALLY)

    assert (found.exit_code, found.commands()) == (5, ["version --json"])
    (error,) = found.report["errors"]
    assert error["code"] == "FlyctlUnchecked"
    assert error["message"] == (f"this is flyctl 0.2.10; provision was checked with {CHECKED}")
    assert "--allow-flyctl" in error["hint"]


def test_f14_it_can_be_allowed(tmp_path: Path) -> None:
    """F14: --allow-flyctl makes a warning of it."""
    write_platform(tmp_path)
    of_version(tmp_path, "0.2.10")

    found = provision(tmp_path, "verify", *LOCALLY, "--allow-flyctl")

    assert found.exit_code == 3  # nothing has been made
    assert found.report["tool"]["flyctl"]["version"] == "0.2.10"
    (warning,) = found.report["warnings"]
    assert (warning["code"], "0.2.10" in warning["message"]) == ("flyctl", True)


def test_f14_a_manifest_may_ask_for_another(tmp_path: Path) -> None:
    """F14: its own range is said."""
    write_platform(tmp_path, head=f'{HEAD}[tool]\nflyctl = ">=0.4.90,<0.5"\n')
    of_version(tmp_path, "0.4.88")

    found = provision(tmp_path, *LOCALLY)

    assert found.exit_code == 5
    assert found.report["errors"][0]["message"] == (
        "this is flyctl 0.4.88; the manifest asks for <0.5,>=0.4.90"
    )


def test_a_real_organization_is_not_made_by_a_build_from_source(tmp_path: Path) -> None:
    """Without --local it is refused; PROVISION_FLYCTL names it as well as --flyctl does."""
    write_platform(tmp_path)
    fly = str(write_launcher(tmp_path / "world.db", tmp_path))
    live = ("verify", "test", "-f", "test.toml")

    refused = provision(tmp_path, *live, "--flyctl", fly, FLY_API_TOKEN="fo1_x")
    allowed = provision(
        tmp_path, *live, "--allow-flyctl", FLY_API_TOKEN="fo1_x", PROVISION_FLYCTL=fly
    )

    assert (refused.exit_code, refused.commands()) == (5, ["version --json"])
    assert "was built from source" in refused.report["errors"][0]["message"]
    assert allowed.report["run"]["mode"] == "live"
    assert allowed.exit_code == 3


def test_f29_whose_role_flyctl_does_not_say_destroys_nothing(tmp_path: Path) -> None:
    """F29: what is not known is no admin; the organization can be kept all the same."""
    write_platform(tmp_path)
    before_deploy(tmp_path)
    silent = tmp_path / "fly-of-few-words"
    fly = write_launcher(tmp_path / ".provision" / "local.db", tmp_path)
    silent.write_text(f'#!/bin/sh\n"{fly}" "$@" | grep -v ViewerRole\n')
    silent.chmod(0o755)
    destroy = ("destroy", "test", "-f", "test.toml", "--yes", "--allow-flyctl")

    found = provision(tmp_path, *destroy, "--flyctl", str(silent), FLY_API_TOKEN="fo1_x")

    (error,) = found.report["errors"]
    assert (found.exit_code, error["code"], found.writes()) == (5, "NotAdmin", [])
    assert "the token is of a user of unknown role; nothing was destroyed" in error["message"]
    assert "--keep-org" in error["hint"]


def test_f20_a_token_that_says_it_may_only_read_changes_nothing(tmp_path: Path) -> None:
    """F20: known before the first change; to verify it is enough, and the doctor tells of it."""
    write_platform(tmp_path)
    said = tmp_path / "said.json"
    said.write_bytes(recording("tokens-debug-read-only").output.stdout)
    fly = write_launcher(tmp_path / "world.db", tmp_path)
    reader = tmp_path / "fly-that-reads-tokens"
    reader.write_text(f'#!/bin/sh\n[ "$1" = tokens ] && exec cat "{said}"\nexec "{fly}" "$@"\n')
    reader.chmod(0o755)
    live = ("test", "-f", "test.toml", "--allow-flyctl", "--flyctl", str(reader))

    made = provision(tmp_path, *live, FLY_API_TOKEN="fm2_x")
    verified = provision(tmp_path, "verify", *live, FLY_API_TOKEN="fm2_x")
    looked = provision(tmp_path, "doctor", *live, "--output", "json", FLY_API_TOKEN="fm2_x")

    (error,) = made.report["errors"]
    assert (made.exit_code, error["code"]) == (5, "TokenLimited")
    assert made.commands() == ["version --json", "auth whoami --json", "tokens debug"]
    assert error["message"].startswith("the token may only read, and a run changes")
    assert (verified.exit_code, verified.report["errors"]) == (3, [])
    (rights,) = [each for each in looked.report["examined"] if each["name"] == "rights"]
    assert (rights["verdict"], rights["found"]) == ("bad", "the token may only read")


def write_unbuilt(folder: Path) -> None:
    """An app with a Dockerfile and no image."""
    path = write_platform(folder)
    lines = path.read_text().splitlines(keepends=True)
    text = "".join(line for line in lines if "image =" not in line)
    path.write_text(text)
    (folder / "Dockerfile").write_text("FROM scratch\n")


def deploys(ran: Ran) -> list[str]:
    """The commands that would release an app."""
    return [s["command"] for s in ran.report["steps"] if s["command"].startswith("fly deploy")]


def test_where_nobody_builds_an_image_in_name_is_released(tmp_path: Path) -> None:
    """Behind a real flyctl: it is named after the Dockerfile, and a warning says so."""
    write_unbuilt(tmp_path)
    image = "registry.fly.io/acme-web:deployment-bb57c7da220a8753"

    found = provision(tmp_path, *LOCALLY, "--dry-run", "--flyctl", "/bin/flyctl")

    (deploy,) = deploys(found)
    assert f" --image {image} " in deploy
    assert "--image-label" not in deploy
    assert found.report["warnings"] == [
        {
            "app": "web",
            "code": "image",
            "message": f"nothing is built on the local Fly: web is released as {image}",
        }
    ]


@pytest.mark.parametrize("where", [("--flyctl", "/bin/flyctl"), ("--local",)])
def test_everywhere_else_the_image_is_built(tmp_path: Path, where: tuple[str, ...]) -> None:
    """A real organization never gets an image in name only; the stand-in builds as Fly does."""
    write_unbuilt(tmp_path)

    found = provision(tmp_path, "test", "-f", "test.toml", "--dry-run", *where)

    (deploy,) = deploys(found)
    assert " --image " not in deploy
    assert " --image-label deployment-bb57c7da220a8753 " in deploy
    assert found.report["warnings"] == []
