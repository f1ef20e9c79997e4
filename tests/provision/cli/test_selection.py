"""Some of the apps alone: who is chosen, and what is said of the others."""

from __future__ import annotations

from pathlib import Path

import pytest

from provision.cli.selection import Selection, refuse_unknown
from provision.errors import BadUsage
from provision.platform import Platform
from tests.provision.platforms import load_platform, write_platform
from tests.provision.rehearsals import provision

QUICK = ("-f", "test.toml", "--local", "--settle", "0")


def selection(*only: str, with_deps: bool = False, skip: str = "") -> Selection:
    return Selection(only=frozenset(only), with_deps=with_deps, skip=frozenset(skip.split()))


@pytest.fixture(name="platform")
def _platform(tmp_path: Path) -> Platform:
    apps = {
        "db": "",
        "api": 'depends_on = ["db"]',
        "web": 'depends_on = ["api"]',
        "cron": 'depends_on = ["db"]',
    }
    return load_platform(write_platform(tmp_path, apps))


@pytest.mark.parametrize(
    ("said", "chosen"),
    [
        (selection(), ["db", "api", "cron", "web"]),
        (selection("web"), ["web"]),
        (selection("web", "db"), ["db", "web"]),
        (selection("web", with_deps=True), ["db", "api", "web"]),
        (selection("web", with_deps=True, skip="db"), ["api", "web"]),
        (selection(skip="web cron"), ["db", "api"]),
    ],
)
def test_who_is_chosen(said: Selection, chosen: list[str], platform: Platform) -> None:
    """Each still comes after those it depends on; whoever is not chosen is known all the same."""
    narrowed = said.of(platform)

    assert sorted(narrowed.apps) == sorted(chosen)
    assert [key for key in platform.apps if key in chosen] == [*narrowed.apps]
    assert narrowed.manifest.apps.keys() == narrowed.apps.keys()
    assert narrowed.left_out.keys() == platform.apps.keys() - narrowed.apps.keys()
    assert all(narrowed.app_named(app.name) == app for app in platform.apps.values())


@pytest.mark.parametrize(
    ("said", "message"),
    [
        (
            selection("wbe", skip="dbs x"),
            """\
--only wbe: no such app in the manifest; did you mean 'web'?
--skip dbs: no such app in the manifest; did you mean 'db'?
--skip x: no such app in the manifest; known here: api, cron, db, web""",
        ),
        (selection("web", skip="web"), "no app is left to act on: all of them are skipped"),
        (
            selection(with_deps=True),
            "--with-deps adds to the apps of --only, and none is named",
        ),
    ],
)
def test_what_cannot_be_chosen(said: Selection, message: str, platform: Platform) -> None:
    """All names that are wrong at once."""
    with pytest.raises(BadUsage) as caught:
        said.of(platform)

    assert str(caught.value) == message


def test_an_app_that_is_left_out_can_be_named_for_nothing_else(platform: Platform) -> None:
    """It would be said of it that it is done, and nothing would be."""
    with pytest.raises(BadUsage) as caught:
        refuse_unknown(selection("web").of(platform), {"--redeploy": ["web", "db"]})

    assert str(caught.value) == "--redeploy db: it is left out by --only or --skip"


@pytest.mark.long
def test_one_app_is_made_and_the_others_are_left_alone(tmp_path: Path) -> None:
    """What is left out is told, is no stranger in the organization, and is made another time."""
    write_platform(tmp_path, {"db": "", "web": 'depends_on = ["db"]', "cron": ""})

    first = provision(tmp_path, "test", *QUICK, "--only", "db")
    second = provision(tmp_path, "test", *QUICK, "--only", "web")
    seen = provision(tmp_path, "verify", "test", *QUICK, "--skip", "cron")
    rest = provision(tmp_path, "plan", "test", *QUICK[:-2])

    assert [ran.exit_code for ran in (first, second, seen, rest)] == [0, 0, 0, 0]
    assert first.outcomes() == {"db": "succeeded"}
    assert second.report["source"]["left_out"] == ["db", "cron"]
    assert second.writes()[0] == "apps create acme-web --org acme-test --network acme-net --json"
    assert [warning["message"] for warning in second.report["warnings"]] == [
        "left out, as was asked: db, cron",
        "web depends on db, and nobody looks at that now",
    ]
    assert {change["app"] for change in rest.report["pending"]["created"]} == {"cron"}


def test_secrets_of_apps_that_are_left_out_are_not_wanted(tmp_path: Path) -> None:
    """Who releases one app needs no more than that app does."""
    tail = "".join(f'[secrets.{name}]\nfrom = "env:{name}_VALUE"\n' for name in ("ONE", "TWO"))
    apps = {"one": 'secrets = ["ONE"]', "two": 'secrets = ["TWO"]'}
    write_platform(tmp_path, apps, tail=tail)
    where = ("test", "-f", "test.toml", "--flyctl", "no-such-flyctl")

    for wanted, only in (("ONE_VALUE, TWO_VALUE", ()), ("TWO_VALUE", ("--only", "two"))):
        found = provision(tmp_path, *where, *only, FLY_API_TOKEN="fo1_x")
        message, *_ = [error["message"] for error in found.report["errors"]]
        assert found.exit_code == 5
        assert message.endswith(wanted)
        assert ("ONE_VALUE" in message) == (not only)
