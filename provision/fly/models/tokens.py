"""What a token says of itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from attrs import frozen

PERMISSION = "https://api.fly.io/v1"
"""Where the tokens belong that permit something; others only prove who asks."""

CHANGING = frozenset("wcd*")
"""The letters of a mask that permit a change: to write, to create, to delete, everything."""


@frozen
class Caveat:
    """
    One thing that narrows a token.

    Attributes:
        type: Its name, e.g. ``Organization``.
        body: What it says, unread.
    """

    type: str
    body: Any = None

    @property
    def forbids_changes(self) -> bool:
        """Whether nothing may be changed in the whole organization because of it."""
        mask = self.body if self.type == "Action" else self._said("mask")
        return isinstance(mask, str) and CHANGING.isdisjoint(mask)

    @property
    def apps(self) -> Iterator[str]:
        """The ids of the only apps it is good for; none where it says nothing of apps."""
        if self.type == "Apps":
            yield from self._said("apps") or ()
        for inner in self._said("ifs") or ():
            yield from Caveat(inner["type"], inner["body"]).apps

    def _said(self, key: str) -> Any:
        body: Mapping[str, Any] = self.body if isinstance(self.body, Mapping) else {}
        return body.get(key)


@frozen
class Macaroon:
    """
    A token that is narrowed by caveats, each of which holds.

    Attributes:
        location: Who takes it.
    """

    location: str
    caveats: tuple[Caveat, ...] = ()

    @property
    def limit(self) -> str:
        """What it may not, in words; "" where no caveat that is known of says anything."""
        if any(caveat.forbids_changes for caveat in self.caveats):
            return "may only read"
        apps = sorted({app for caveat in self.caveats for app in caveat.apps})
        return f"is good for {len(apps)} app(s) alone ({', '.join(apps)})" if apps else ""


def limit_of(macaroons: list[Macaroon]) -> str:
    """What a token of *macaroons* may not, in words; "" where one of them has no limit."""
    limits = [each.limit for each in macaroons if each.location == PERMISSION]
    return limits[0] if limits and all(limits) else ""
