"""``fly auth``: who the token belongs to."""

from __future__ import annotations

from procman import Step
from provision.fly.client import Fly
from provision.fly.models import Identity


def whoami(fly: Fly) -> Step[Identity]:
    """
    Ask Fly who we are: the cheapest way to know whether the token is good.

    Source: flyctl internal/command/auth/whoami.go
    """
    return fly.query("auth.whoami", "auth", "whoami", "--json", into=Identity)
