"""Secrets of the local Fly, and the text they are imported from."""

from __future__ import annotations

from pathlib import Path

import pytest

from provision.local.standin.dotenv import parse
from provision.local.standin.failure import Failure
from provision.local.standin.quirks import Panic
from provision.local.world import World, apps, faults, secrets
from provision.local.world.refusals import Invalid


def test_every_change_makes_a_new_version(world: World) -> None:
    """Also where the value is the same, or nothing was there to take away."""
    apps.create(world, "web", organization="personal")

    versions = [
        secrets.set_(world, "web", values) for values in ({"A": "1"}, {"A": "1"}, {"B": None})
    ]

    assert versions == [1, 2, 3]
    assert [each.name for each in secrets.list_(world, "web")] == ["A"]


def test_a_digest_tells_two_values_apart_and_nothing_else(world: World) -> None:
    """The same value has the same digest, and no digest is that of the bare value."""
    apps.create(world, "web", organization="personal")
    secrets.set_(world, "web", {"A": "1", "B": "1", "C": "2"})

    a, b, c = secrets.list_(world, "web")

    assert a.digest == b.digest != c.digest
    assert a.digest != "6b86b273ff34fce1"


def test_a_value_is_never_kept(world: World) -> None:
    """Not in any table of the file."""
    apps.create(world, "web", organization="personal")
    secrets.set_(world, "web", {"A": "correct-horse-battery"})

    world.close()

    assert b"correct-horse-battery" not in Path(world.path).read_bytes()


@pytest.mark.parametrize("name", ["A B", "A-B", "", "É"])
def test_a_name_is_letters_digits_and_underscores(world: World, name: str) -> None:
    """Nothing is stored if one of several is wrong."""
    apps.create(world, "web", organization="personal")

    with pytest.raises(Invalid, match="letters, numbers, and underscores"):
        secrets.set_(world, "web", {"A": "1", name: "2"})
    assert secrets.list_(world, "web") == ()


def test_secrets_may_be_lost(world: World) -> None:
    """The scenario secret-lost: a new version, and nothing in it."""
    apps.create(world, "web", organization="personal")
    faults.tell(world, "secret-lost")

    assert secrets.set_(world, "web", {"A": "1"}) == 1
    assert secrets.list_(world, "web") == ()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("A=abc#def", {"A": "abc"}),
        ("A='abc#def'", {"A": "'abc"}),
        ('A="abc#def"', {"A": "abc#def"}),
        ('A=p@ss word#1 "q"', {"A": "p@ss word"}),
        ('A="""a"b#c"""\nB=1', {}),
        ('A="""open\nB=1', {}),
        ("A=ab\\nc", {"A": "ab\\nc"}),
        ("export A=1", {"export A": "1"}),
        ("A= lead ", {"A": "lead "}),
        ("# comment\n\nA=1", {"A": "1"}),
        ('A="""\nl1\nl2"""', {"A": "\nl1\nl2"}),
        ('A="""x"""', {"A": "x"}),
        ("A='x'", {"A": "x"}),
        ("A=1\r\nB=2", {"A": "1", "B": "2"}),
        (f"A=1\nB={'x' * 65536}\nC=3", {"A": "1"}),
        ("A=", {"A": ""}),
    ],
)
def test_imports_are_read_as_flyctl_reads_them(text: str, found: dict[str, str]) -> None:
    """With all that it cuts, keeps and drops."""
    assert parse(text) == found


def test_a_line_without_a_value_is_shown_whole() -> None:
    """So secrets leak: that is flyctl's."""
    with pytest.raises(Failure, match=r"NAME=VALUE pairs \(hunter2 is invalid\)"):
        parse("A=1\nhunter2")


@pytest.mark.parametrize("quote", ['"', "'"])
def test_a_lone_quote_is_too_much(quote: str) -> None:
    """flyctl panics."""
    with pytest.raises(Panic):
        parse(f"A={quote}")
