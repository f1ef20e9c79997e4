"""Process groups of a fly.toml."""

from __future__ import annotations

from pathlib import Path

import pytest

from provision.fly_config import (
    Autostop,
    UnknownProcessGroup,
    autostop,
    default_group,
    load,
    process_groups,
)
from provision.fly_config.groups import of_group

ACCEPTED = Path(__file__).parent / "corpus" / "accepted"


@pytest.mark.parametrize(
    ("name", "groups", "default"),
    [
        ("http-minimal", ("app",), "app"),
        ("processes-web-worker", ("web", "worker"), "web"),
        ("processes-quoting", ("app", "idle", "report"), "app"),
        ("processes-no-app-group", ("alpha", "zebra"), "alpha"),
        ("processes-empty", ("app",), "app"),
    ],
)
def test_groups_are_sorted_and_one_is_the_default(
    name: str, groups: tuple[str, ...], default: str
) -> None:
    """Without [processes] there is one, called app; without app the first one is the default."""
    config = load(ACCEPTED / f"{name}.toml")

    assert (process_groups(config), default_group(config)) == (groups, default)


def test_a_section_without_groups_belongs_to_the_default_one() -> None:
    """A section that names groups belongs to those, another one to the default group alone."""
    config = load(ACCEPTED / "restart-per-group.toml")
    plain = load(ACCEPTED / "processes-no-app-group.toml")

    assert of_group(config, "job", config.restart) == config.restart[1:2]
    assert of_group(plain, "alpha", plain.mounts) == plain.mounts
    assert of_group(plain, "zebra", plain.mounts) == ()


@pytest.mark.parametrize(
    ("name", "group", "expected"),
    [
        ("http-suspend", "app", Autostop.SUSPEND),
        ("http-autostop-true", "app", Autostop.STOP),
        ("http-minimal", "app", Autostop.OFF),
        ("http-and-services", "app", Autostop.STOP),
        ("processes-web-worker", "worker", Autostop.OFF),
        ("mounts-table", "app", Autostop.OFF),
    ],
)
def test_idle_machines_sleep_as_their_services_allow(
    name: str, group: str, expected: Autostop
) -> None:
    """Of several services the one that keeps machines up longest decides; without one, none."""
    assert autostop(load(ACCEPTED / f"{name}.toml"), group) == expected


def test_an_unknown_group_names_the_nearest() -> None:
    """The message helps whoever mistyped it."""
    error = UnknownProcessGroup("wbe", ("web", "worker"))

    assert str(error) == "no process group is called 'wbe'; did you mean 'web'?"
