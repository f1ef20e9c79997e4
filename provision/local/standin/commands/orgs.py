"""`fly orgs`."""

from __future__ import annotations

from provision.local.standin.commands import cross_network_replays
from provision.local.standin.failure import Failure, not_interactive, within
from provision.local.standin.gojson import pretty
from provision.local.standin.grammar import JSON, YES, Command, Group
from provision.local.standin.printed import organization_created
from provision.local.standin.requests import organizations
from provision.local.standin.session import Session
from provision.local.standin.table import boxed
from provision.local.world import World
from provision.local.world.hints import Any
from provision.local.world.organizations import Organization


def _list(session: Session) -> None:
    found = organizations.list_(session.api)
    if session.json:
        by_slug = sorted((each.slug, each.name) for each in found)
        session.say(pretty(dict(by_slug)), end="")
        return
    session.say(_columns("Name", "Slug", "Type"))
    session.say(_columns("----", "----", "----"))
    for each in found:
        session.say(_columns(each.name, each.slug, each.type.value))


def _show(session: Session) -> None:
    slug = _chosen(session).slug
    found = organizations.show(session.api, slug, organizations.DETAILS)
    if session.json:
        session.say(pretty(_details(session.world, found)), end="")
    else:
        _say(session, found)


def _say(session: Session, found: Organization) -> None:
    session.say("Organization")
    for title, value in (("Name", found.name), ("Slug", found.slug), ("Type", found.type.value)):
        session.say(f"{title:<10}: {value:<20}")
    session.say("\nSummary")
    session.say(f"You have {found.viewer_role} permissions on this organizaton")
    session.say("There are 1 members associated with this organization\n\nOrganization Members")
    member = ["Dev", session.world.setting("viewer_email"), found.viewer_role.upper()]
    session.say(boxed([member], "Name", "Email", "Role"), end="")


def _create(session: Session) -> None:
    viewer = organizations.viewer(session.api)
    if viewer.setting("viewer_hobby"):
        session.say("New organizations start on the Pay As You Go plan.\n")
    if not session.argument:
        raise not_interactive("name argument")
    try:
        created = organizations.create(session.api, session.argument)
    except Failure as failure:
        raise within("failed creating organization", failure) from None
    if session.json:
        session.say(pretty(organization_created(created)), end="")
        return
    billing = f"https://fly.io/dashboard/{created.slug}/billing"
    session.say(
        f"Your organization {created.name} ({created.slug}) was created successfully. "
        f"Visit {billing} to add a credit card and enable deployment."
    )


def _delete(session: Session) -> None:
    organization = _chosen(session)
    if not session.is_on("yes"):
        session.note("Deleting an organization is not reversible.")
        raise not_interactive("yes flag")
    try:
        organizations.delete(session.api, organization)
    except Failure as failure:
        # flyctl puts no colon here.
        failure.message = f"failed deleting organization {failure.message}"
        raise


def _chosen(session: Session) -> Organization:
    # The environment beats the argument, dangerous as that is.
    slug = session.org or session.argument
    if not slug:
        raise not_interactive("slug argument")
    return organizations.named(session.api, slug)


def _columns(name: str, slug: str, kind: str) -> str:
    return f"{name:<20} {slug:<20} {kind:<10}"


def _details(world: World, found: Organization) -> dict[str, Any]:
    email = world.setting("viewer_email")
    member = {"ID": "u1", "Name": "Dev", "Email": email, "EnablePaidHobby": False}
    edge = {
        "Cursor": "MQ",
        "Node": member,
        "Role": found.viewer_role.upper(),
        "JoinedAt": found.joined_at,
    }
    return {
        "ID": found.id,
        "InternalNumericID": str(found.number),
        "Name": found.name,
        "RemoteBuilderImage": "",
        "RemoteBuilderApp": None,
        "Slug": found.slug,
        "Type": found.type.value,
        "ViewerRole": found.viewer_role,
        "Apps": {"Nodes": None},
        "Members": {"Edges": [edge]},
    }


COMMAND = Group(
    "orgs",
    (
        Command("list", _list, (JSON,), aliases=("ls",)),
        Command("show", _show, (JSON,), "[slug]", most=1),
        Command("create", _create, (JSON,), "[name]", most=1),
        Command("delete", _delete, (YES,), "[-yes] [slug]", most=1),
        cross_network_replays.COMMAND,
    ),
    elsewhere=("invite", "remove", "replay-sources"),
)
