"""`fly orgs cross-network-replays`."""

from __future__ import annotations

from provision.local.standin.failure import not_interactive
from provision.local.standin.gojson import pretty
from provision.local.standin.grammar import JSON, ORG, YES, Command, Group
from provision.local.standin.requests import organizations
from provision.local.standin.session import Session

ENABLING = (
    "Enabling cross-network replays allows apps to replay requests across network boundaries "
    "within this org."
)
DISABLING = (
    "Disabling cross-network replays may break existing replay traffic that crosses network "
    "boundaries."
)


def _status(session: Session) -> None:
    slug = _chosen(session)
    allowed = organizations.replays_cross(session.api, slug)
    if session.json:
        session.say(pretty({"allowAllCrossNetworkReplays": allowed}), end="")
    elif allowed:
        session.say(f"Cross-network replays are enabled for {slug}")
    else:
        state = f"disabled for {slug} (replays are scoped to networks)"
        session.say(f"Cross-network replays are {state}")


def _enable(session: Session) -> None:
    slug = _chosen(session)
    _confirm(session, ENABLING)
    organizations.let_replays_cross(session.api, slug, allow=True)
    session.say(f"Cross-network replays enabled for {slug}")


def _disable(session: Session) -> None:
    slug = _chosen(session)
    _confirm(session, DISABLING)
    organizations.let_replays_cross(session.api, slug, allow=False)
    session.say(f"Cross-network replays disabled for {slug} (replays are now scoped to networks)")


def _chosen(session: Session) -> str:
    slug = session.org or session.argument
    if not slug:
        raise not_interactive("slug argument")
    return organizations.named(session.api, slug).raw_slug


def _confirm(session: Session, warning: str) -> None:
    if not session.is_on("yes"):
        session.note(warning)
        raise not_interactive("yes flag")


COMMAND = Group(
    "cross-network-replays",
    (
        Command("status", _status, (ORG, JSON)),
        Command("enable", _enable, (ORG, YES)),
        Command("disable", _disable, (ORG, YES)),
    ),
)
