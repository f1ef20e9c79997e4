"""``fly tokens``: what a token may do, as it says itself."""

from __future__ import annotations

from procman import Step
from provision.fly.client import Fly
from provision.fly.models import Macaroon


def debug(fly: Fly) -> Step[list[Macaroon]]:
    """
    The macaroons of our own token, without their signatures; nothing is asked of Fly.

    Source: flyctl internal/command/tokens/debug.go; superfly/macaroon flyio/caveats.go
    """
    return fly.query("tokens.debug", "tokens", "debug", into=list[Macaroon], timeout=20)
