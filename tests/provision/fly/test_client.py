"""What flyctl gets to see of us."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from signal import SIGINT, SIGTERM

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procman import NEVER, Secret, Step
from provision.fly import apps, orgs, secrets
from provision.fly.client import Fly
from provision.fly.secrets import SecretNotEncodable, encoded

FLY = Fly("fly", Secret("t0ken"), Path("/run/fly"), {"PATH": "/bin", "HOME": "/home/x"})


def test_the_environment_is_built_from_nothing() -> None:
    """Only what was allowed, the token, and what keeps flyctl quiet."""
    command = orgs.list_(FLY).command

    assert command.environment() == {
        "FLY_API_TOKEN": "t0ken",
        "FLY_CONFIG_DIR": "/run/fly",
        "FLY_EMIT_RELEASE_JSON": "1",
        "FLY_NO_INCIDENTS_CHECK": "1",
        "FLY_NO_UPDATE_CHECK": "1",
        "FLY_SEND_METRICS": "0",
        "FLY_SYNTHETICS_AGENT": "0",
        "HOME": "/home/x",
        "NO_COLOR": "1",
        "PATH": "/bin",
    }
    assert "t0ken" not in f"{command} {command!r} {FLY!r}"


def test_flyctl_is_asked_to_stop_before_it_is_made_to() -> None:
    """G19: SIGINT first, then SIGTERM, and only then SIGKILL."""
    stop = orgs.list_(FLY).command.stop

    assert [signum for signum, _ in stop.signals] == [SIGINT, SIGTERM]


def test_only_reading_is_tried_again() -> None:
    """G17: a write that failed may have happened."""
    assert apps.list_(FLY, org="o").retry.attempts > 1
    assert apps.create(FLY, "a", org="o", network="n").retry is NEVER


def test_secrets_travel_over_stdin() -> None:
    """Never in argv; the command and its errors do not show them."""
    (step,) = secrets.staging(FLY, {"B": Secret("2"), "A": Secret("h#nter")}, app="a")
    command = step.command

    assert command.stdin == Secret('A="h#nter"\nB="2"\n')
    assert "h#nter" not in f"{command} {command!r}"


def parsed(text: str) -> dict[str, str]:
    """
    What ``fly secrets import`` stores of *text*.

    Source: flyctl internal/command/secrets/parser.go
    """
    found: dict[str, str] = {}
    lines = (line.removesuffix("\r") for line in text.split("\n"))
    for line in lines:
        if line.startswith("#") or not line.strip():
            continue
        name, _, value = line.partition("=")
        value = value.lstrip(" ")
        before, comment, _ = value.partition("#")
        if comment and before.count('"') % 2 == 0:
            value = before.rstrip(" ")
        if value.startswith('"""') and value.endswith('"""') and len(value) >= 6:
            found[name] = value[3:-3]
        elif value.startswith('"""'):
            found[name] = f"{value[3:]}\n{_rest_of_triple_quoted(lines)}"
        elif value[:1] in ('"', "'") and value.endswith(value[:1]):
            found[name] = value[1:-1]
        else:
            found[name] = value
    return found


def _rest_of_triple_quoted(lines: Iterator[str]) -> str:
    rest = []
    for line in lines:
        rest.append(line.removesuffix('"""'))
        if line.endswith('"""'):
            break
    return "\n".join(rest)


def stored(step: Step[None]) -> dict[str, str]:
    """What flyctl stores of what *step* hands it on stdin."""
    stdin = step.command.stdin
    assert isinstance(stdin, Secret)
    if "import" in step.command.argv:
        return parsed(stdin.value)
    return {step.command.argv[3].removesuffix("=-"): stdin.value.strip()}


@given(
    st.text(st.sampled_from("a#\"' \n\\=\r\t"), max_size=12)
    | st.text(st.characters(codec="utf-8"), max_size=8)
)
def test_f48_a_value_is_stored_as_it_is_or_refused_by_name(value: str) -> None:
    """F48: quotes, comments, newlines: round trip or refusal, never something else."""
    values = {"AFTER": Secret("x"), "NAME": Secret(value), "ZAFTER": Secret("y")}
    refused = None
    found: dict[str, str] = {}
    try:
        for step in secrets.staging(FLY, values, app="a"):
            found |= stored(step)
    except SecretNotEncodable as error:
        refused = error.name

    assert refused == "NAME" or found == {"AFTER": "x", "NAME": value, "ZAFTER": "y"}


def test_f48_most_values_need_no_refusal() -> None:
    """F48: what passwords, keys and JSON look like goes through, as few steps as can be."""
    values = ['p@ss#w"rd" x', "-----BEGIN KEY-----\nabc=\n-----END KEY-----\n", "", '{"a": "b#c"}']
    named = {f"N{number}": Secret(value) for number, value in enumerate(values)}

    steps = secrets.staging(FLY, named, app="a")

    assert {k: v for step in steps for k, v in stored(step).items()} == {
        name: value.value for name, value in named.items()
    }
    assert [" ".join(step.command.argv[1:]) for step in steps] == [
        "secrets import --stage -a a",
        "secrets set N3=- --stage -a a",
    ]


def test_f48_a_line_that_flyctl_would_drop_is_refused() -> None:
    """F48: with it all later secrets would be dropped, exit code 0."""
    with pytest.raises(SecretNotEncodable, match=r"secret KEY cannot .* longer than 64 KiB"):
        encoded("KEY", Secret("x" * 65536))
