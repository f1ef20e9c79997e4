"""What one run works with, from its first step to its last."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import field, frozen

from procman import Secret
from provision.curl import Curl
from provision.fly.client import Fly
from provision.flyctl import Trust
from provision.platform import Platform


@frozen
class Session:
    """
    A platform and the flyctl that is to make it.

    Attributes:
        platform: What is asked for.
        fly: How to call flyctl.
        secrets: The values of the platform's secrets.
        refresh_secrets: Whether secrets that exist are set again: Fly does not say whether
            their values are still the same.
        redeploy: Apps, by their names in the manifest, to deploy though nothing differs.
        has_builder: Whether this Fly builds images. An app that has none is released with one
            in name only where it does not: the local Fly behind a real flyctl.
        trust: Which flyctl may be used.
        lock_wait: Seconds to wait for machines that another deploy holds.
        settle: Seconds that what was done may take to be seen.
        curl: Asks apps by their probes; None where none has any.
        wakes: Whether apps that sleep are asked too, which wakes them.
    """

    platform: Platform
    fly: Fly
    secrets: Mapping[str, Secret] = field(factory=dict, repr=False)
    refresh_secrets: bool = False
    redeploy: frozenset[str] = frozenset()
    has_builder: bool = True
    trust: Trust = Trust.RELEASES
    lock_wait: float = 0.0
    settle: float = 60.0
    curl: Curl | None = None
    wakes: bool = True
