"""``fly version``: the program itself, and which of its releases provision was checked with."""

from __future__ import annotations

from packaging.specifiers import SpecifierSet
from packaging.version import InvalidVersion, Version

from procman import Step
from provision.fly.client import Fly
from provision.fly.models import FlyctlVersion

CHECKED = SpecifierSet(">=0.4.87,<0.5")
"""
The releases of flyctl that provision was checked with.

What was read and run is a build of commit ad0172f, six commits after 0.4.87; what a next
minor version changes nobody knows.
"""


def show(fly: Fly) -> Step[FlyctlVersion]:
    """
    Ask flyctl for its version; needs no token and no network.

    Source: flyctl internal/command/version/version.go
    """
    return fly.query("version", "version", "--json", into=FlyctlVersion, timeout=20)


def is_in(releases: SpecifierSet, flyctl: FlyctlVersion) -> bool:
    """
    Whether *flyctl* is one of *releases*.

    A build from source never is: it has a date for a version. Neither is one whose version
    is no release's, such as that of a pull request.

    Source: flyctl internal/version/version.go, internal/buildinfo
    """
    try:
        number = Version(flyctl.version)
    except InvalidVersion:
        return False
    return flyctl.is_release and releases.contains(number, prereleases=True)
