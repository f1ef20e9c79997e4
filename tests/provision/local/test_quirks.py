"""What flyctl itself does wrong where a world says so, and what it says about bad arguments."""

from __future__ import annotations

import json

import pytest

from provision.local.world import apps, faults

from .flies import Fly


def test_a_warning_may_come_before_the_json(fly: Fly) -> None:
    """On stdout, as flyctl does on some accounts."""
    with fly.world as world:
        faults.tell(world, "noise-before-json")

    done = fly.run("orgs", "list", "--json")

    noise, _, document = done.stdout.partition("\n")
    assert "a newer version of flyctl" in noise
    assert json.loads(document) == {"personal": "Dev"}


def test_the_keys_of_the_json_may_change(fly: Fly) -> None:
    """All of them, so that whoever reads it has to notice."""
    with fly.world as world:
        apps.create(world, "web", organization="personal")
        faults.tell(world, "json-shape-changed", times=1)

    changed, after = (json.loads(fly.run("apps", "list", "--json").stdout) for _ in range(2))

    assert "Name" not in changed[0]
    assert changed[0]["NameV2"] == after[0]["Name"] == "web"


@pytest.mark.parametrize(
    ("scenario", "exit_code", "word"),
    [("flyctl-panics", 3, "goroutine 1"), ("flyctl-deadline", 126, "context deadline exceeded")],
)
def test_flyctl_may_end_otherwise(fly: Fly, scenario: str, exit_code: int, word: str) -> None:
    """With the exit codes that it has for it; a version can be had all the same."""
    with fly.world as world:
        faults.tell(world, scenario)

    done = fly.run("orgs", "list")

    assert (done.exit_code, done.stdout) == (exit_code, "")
    assert word in done.stderr
    assert fly.run("version").exit_code == 0


def test_flyctl_may_wait_for_an_answer(fly: Fly) -> None:
    """For ever, as nobody is there."""
    with fly.world as world:
        faults.tell(world, "flyctl-prompts")

    done = fly.kill_after(1, ["orgs", "list"])

    assert done.stdout == "? Do you want to continue? (y/N) "


def test_flyctl_may_be_of_another_version(fly: Fly) -> None:
    """It says so wherever it tells its version."""
    with fly.world as world:
        faults.tell(world, "flyctl-too-old")

    told = json.loads(fly.run("version", "--json").stdout)
    assert (told["Version"], told["Environment"]) == ("0.2.10", "production")


@pytest.mark.parametrize(
    ("words", "error"),
    [
        ("orgs list --nosuch", "unknown flag: --nosuch"),
        ("orgs list -z", "unknown shorthand flag: 'z' in -z"),
        ("apps list --org", "flag needs an argument: --org"),
        ("apps list -o", "flag needs an argument: 'o' in -o"),
        (
            "orgs list --json=maybe",
            (
                'invalid argument "maybe" for "-j, --json" flag: '
                'strconv.ParseBool: parsing "maybe": invalid syntax'
            ),
        ),
        (
            "volumes create data --size big",
            (
                'invalid argument "big" for "-s, --size" flag: '
                'strconv.ParseInt: parsing "big": invalid syntax'
            ),
        ),
        ("orgs list --", None),
    ],
)
def test_bad_arguments_are_answered_with_the_usage(fly: Fly, words: str, error: str | None) -> None:
    """On stdout, and with one line on stderr."""
    done = fly.run(*words.split())

    if error is None:
        assert (done.exit_code, done.stderr) == (0, "")
    else:
        assert (done.exit_code, done.stderr) == (1, f"Error: {error}\n")
        assert done.stdout.startswith("Usage:\n  fly ")


@pytest.mark.parametrize(
    "words",
    [
        "apps list -jo personal",
        "apps list -j=true --org=personal",
        "apps list --org personal --json",
        "--verbose apps ls -o personal -j",
        "app list -opersonal -j",
    ],
)
def test_flags_may_stand_in_many_ways(fly: Fly, words: str) -> None:
    """Letters together, values with and without a sign, global ones first."""
    done = fly.run(*words.split())

    assert (done.exit_code, done.stdout) == (0, "[]\n")


def test_an_unknown_command_is_an_error(fly: Fly) -> None:
    """Below a group it is none: flyctl shows the help."""
    unknown, below = fly.run("nosuch"), fly.run("apps", "nosuch")

    assert (unknown.exit_code, unknown.stdout) == (1, "Run 'fly --help' for usage.\n\n")
    assert unknown.stderr == 'Error: unknown command "nosuch" for "fly"\n'
    assert (below.exit_code, below.stderr) == (0, "")
    assert below.stdout.startswith("Usage:\n  fly apps [command]")


def test_no_token_is_an_error(fly: Fly) -> None:
    """Before anything is asked."""
    done = fly.run("orgs", "list", env={"FLY_API_TOKEN": None})

    assert (done.exit_code, done.stdout) == (1, "")
    assert "no access token available" in done.stderr


@pytest.mark.parametrize("name", ["FLY_API_TOKEN", "FLY_ACCESS_TOKEN"])
def test_a_token_comes_from_the_environment(fly: Fly, name: str) -> None:
    """By either name."""
    done = fly.run("auth", "whoami", env={"FLY_API_TOKEN": None, name: "good"})

    assert (done.exit_code, done.stdout) == (0, "dev@example.com\n")


def test_the_environment_beats_the_argument_of_orgs(fly: Fly) -> None:
    """Dangerous as that is: another organization is deleted than the one that is named."""
    fly.run("orgs", "create", "Acme")
    fly.run("orgs", "create", "Beta")

    done = fly.run("orgs", "delete", "acme", "--yes", env={"FLY_ORG": "beta"})

    left = json.loads(fly.run("orgs", "list", "--json").stdout)
    assert (done.exit_code, sorted(left)) == (0, ["acme", "personal"])
