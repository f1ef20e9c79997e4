"""Which flyctl is called, and whether it is one that may be."""

from __future__ import annotations

import enum
import shutil
from pathlib import Path

from packaging.specifiers import SpecifierSet

from provision.errors import PreconditionFailed
from provision.fly.models import FlyctlVersion
from provision.fly.version import CHECKED, is_in

INSTALL = "install flyctl (https://fly.io/docs/flyctl/install), or name one with --flyctl PATH"


class FlyctlMissing(PreconditionFailed):
    """Raised when there is no flyctl."""

    def __init__(self, said: str) -> None:
        super().__init__(f"flyctl cannot be run: {said}", INSTALL)


class FlyctlUnchecked(PreconditionFailed):
    """Raised when flyctl is none that may be used."""

    def __init__(self, doubts: tuple[str, ...]) -> None:
        hint = "call another with --flyctl PATH, or this one with --allow-flyctl"
        super().__init__("; ".join(doubts), hint)


class Trust(enum.Enum):
    """Which flyctl may be used."""

    RELEASES = enum.auto()
    """Those that provision was checked with, and that the manifest allows."""

    BUILDS = enum.auto()
    """These, and one that was built from source: in a rehearsal."""

    ANY = enum.auto()
    """Whatever it is; what speaks against it is said."""


def find_flyctl(named: str | None, path: str | None) -> str:
    """
    The flyctl to call: the one that was *named*, else ``fly`` or ``flyctl`` on *path*.

    Raises:
        FlyctlMissing: there is none.
    """
    candidates = [named] if named else ["fly", "flyctl"]
    for candidate in candidates:
        if found := shutil.which(candidate, path=path):
            return str(Path(found).absolute())
    raise FlyctlMissing(f"no {' or '.join(candidates)} on PATH")


def doubts(flyctl: FlyctlVersion, allowed: SpecifierSet | None, trust: Trust) -> tuple[str, ...]:
    """
    What speaks against *flyctl* and is to be said; each names both versions.

    Args:
        flyctl: What it says of itself.
        allowed: The releases that the manifest allows; None for all.
        trust: Which flyctl may be used.

    Raises:
        FlyctlUnchecked: it may not be used.
    """
    found = tuple(_doubts(flyctl, allowed, trust))
    if found and trust is not Trust.ANY:
        raise FlyctlUnchecked(found)
    return found


def _doubts(flyctl: FlyctlVersion, allowed: SpecifierSet | None, trust: Trust) -> list[str]:
    if not flyctl.is_release:
        build = f"flyctl {flyctl.version} was built from source; provision was checked with"
        return [] if trust is Trust.BUILDS else [f"{build} releases {CHECKED}"]
    ranges = {"provision was checked with": CHECKED, "the manifest asks for": allowed}
    return [
        f"this is flyctl {flyctl.version}; {whose} {releases}"
        for whose, releases in ranges.items()
        if releases is not None and not is_in(releases, flyctl)
    ]
