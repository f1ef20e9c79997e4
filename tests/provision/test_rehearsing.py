"""A flyctl on a local Fly that is served: a stand-in plays the real one."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from provision.environment import VARIABLES, Use
from provision.local.launcher import write_launcher
from provision.local.world import apps
from tests.provision.platforms import write_platform
from tests.provision.rehearsals import as_declared, provision, world_of

pytestmark = pytest.mark.long

QUICK = ("test", "-f", "test.toml", "--local", "--settle", "1s")


@pytest.fixture
def flyctl(tmp_path: Path) -> str:
    """A flyctl of that name, which notes down what it gets to see, and then does as it is told."""
    with world_of(tmp_path) as world:
        fly = write_launcher(Path(world.path), tmp_path)
    script = tmp_path / "flyctl"
    noted = tmp_path / "environment"
    script.write_text(f'#!/bin/sh\nenv > {noted}\nexec {fly} "$@"\n')
    script.chmod(0o755)
    return str(script)


def seen(folder: Path) -> Mapping[str, str]:
    """What that flyctl got to see."""
    lines = (folder / "environment").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line)


def test_f94_a_flyctl_that_rehearses_is_led_to_the_local_fly_alone(
    tmp_path: Path, flyctl: str
) -> None:
    """F94: not the user's token, not the user's proxies; every address is on loopback."""
    write_platform(tmp_path)
    as_declared(tmp_path)
    outside = {
        "FLY_API_TOKEN": "r3al-token",
        "FLY_ACCESS_TOKEN": "",
        "FLY_APP": "x",
        "HTTPS_PROXY": "http://proxy.example.net:3128",
        "https_proxy": "http://proxy.example.net:3128",
        "DOCKER_HOST": "tcp://docker.example.net",
        "CI": "true",
    }

    found = provision(tmp_path, *QUICK, "--flyctl", flyctl, **outside)

    environ = seen(tmp_path)
    assert found.exit_code == 0, found.stderr
    assert environ.keys().isdisjoint({"FLY_ACCESS_TOKEN", "FLY_APP", "CI", "https_proxy"})
    assert "r3al-token" not in environ.values()
    assert "example.net" not in str(environ)
    urls = [value for name, value in environ.items() if "URL" in name or "PROXY" in name]
    assert {urlsplit(url).hostname for url in urls if "://" in url} == {"127.0.0.1"}
    assert environ["FLY_CONFIG_DIR"] == str(tmp_path / ".provision" / "flyctl" / "acme-test")
    assert environ["FLY_API_TOKEN"] not in found.stderr + str(found.report)


def test_what_a_flyctl_that_rehearses_gets_to_see_is_written_down(
    tmp_path: Path, flyctl: str
) -> None:
    """`provision env` names every variable."""
    provision(tmp_path, "doctor", *QUICK[:-2], "--flyctl", flyctl, "--output", "json")

    known = {v.name for v in VARIABLES if v.use is not Use.KEPT_FROM_FLYCTL}
    of_the_shell = {"PWD", "SHLVL", "_", "OLDPWD"}
    assert seen(tmp_path).keys() - of_the_shell <= known


def test_the_local_fly_is_served_as_long_as_the_run_lasts(tmp_path: Path, flyctl: str) -> None:
    """Its world is that of the stand-in; afterwards nobody listens any more."""
    write_platform(tmp_path)

    found = provision(tmp_path, *QUICK, "--flyctl", flyctl)
    again = provision(tmp_path, *QUICK)

    assert (found.exit_code, again.exit_code) == (0, 0)
    assert found.report["run"]["mode"] == "rehearsal"
    assert again.writes() == []
    with world_of(tmp_path) as world:
        assert [app.name for app in apps.list_(world)] == ["acme-web"]
    where = urlsplit(seen(tmp_path)["FLY_API_BASE_URL"])
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((where.hostname, where.port), timeout=5)


@pytest.mark.parametrize("real", [True, False])
def test_a_file_that_is_no_world_is_left_alone(tmp_path: Path, flyctl: str, *, real: bool) -> None:
    """Exit 5, with or without a flyctl; the file is as it was."""
    write_platform(tmp_path)
    (tmp_path / "notes").write_text("precious")

    named = ("--flyctl", flyctl) if real else ()
    found = provision(tmp_path, "verify", *QUICK[:-3], "--local=notes", *named)

    assert found.exit_code == 5
    (error,) = found.report["errors"]
    assert error["message"] == "notes: is not a world"
    assert error["hint"].startswith("give another path")
    assert (tmp_path / "notes").read_text() == "precious"


@pytest.mark.parametrize("verb", [("verify",), ("destroy", "--yes")], ids=lambda verb: verb[0])
def test_a_mistyped_world_is_not_made_to_be_looked_at(tmp_path: Path, verb: tuple[str]) -> None:
    """Exit 5, with the command that would make it; it would be empty, and nothing true of it."""
    write_platform(tmp_path)

    found = provision(tmp_path, *verb, *QUICK[:-3], "--local=wrold.db")

    (error,) = found.report["errors"]
    assert (found.exit_code, error["message"]) == (5, "there is no local Fly at wrold.db")
    assert error["hint"] == "an apply makes one: provision test --local=wrold.db"
    assert not (tmp_path / "wrold.db").exists()


def test_f22_a_session_that_is_kept_at_home_is_not_used(tmp_path: Path, flyctl: str) -> None:
    """F22: the token of the environment acts, and not from home; the report says who."""
    write_platform(tmp_path)
    (tmp_path / ".fly").mkdir()
    (tmp_path / ".fly" / "config.yml").write_text("access_token: fo1_of_the_session\n")
    words = ("verify", "test", "-f", "test.toml", "--flyctl", flyctl, "--allow-flyctl")

    found = provision(tmp_path, *words, HOME=str(tmp_path), FLY_API_TOKEN="fo1_of_the_environment")

    environ = seen(tmp_path)
    assert environ["FLY_API_TOKEN"].endswith("_of_the_environment")
    assert environ["FLY_CONFIG_DIR"].startswith(str(tmp_path / ".provision"))
    assert found.report["identity"] == {"whoami": "dev@example.com"}
