"""`fly apps`."""

from __future__ import annotations

from provision.local.standin.ago import ago
from provision.local.standin.commands import releases as releases_command
from provision.local.standin.failure import Failure, not_interactive, within
from provision.local.standin.gojson import moment, pretty
from provision.local.standin.grammar import JSON, ORG, YES, Command, Effect, Flag, Group
from provision.local.standin.printed import app_created, app_listed, release
from provision.local.standin.requests import apps, organizations
from provision.local.standin.session import Session
from provision.local.standin.table import table
from provision.local.world import releases
from provision.local.world.apps import App
from provision.local.world.hints import Any
from provision.local.world.organizations import Organization


def _list(session: Session) -> None:
    found = apps.list_(session.api, _filter(session))
    if session.json:
        session.say(pretty([_listed(session, app) for app in found]), end="")
    elif session.is_on("quiet"):
        session.say(table([[app.name] for app in found]), end="")
    elif not found:
        session.say("No apps found")
    else:
        _say(session, found)


def _say(session: Session, found: tuple[App, ...]) -> None:
    networks = [[app.custom_network] for app in found]
    shows_networks = any(network for [network] in networks)
    rows = [
        [app.name, app.organization.slug, app.status.value]
        + (network if shows_networks else [])
        + [_latest_deploy(session, app)]
        for app, network in zip(found, networks, strict=True)
    ]
    titles = ["Name", "Owner", "Status", *(["Network"] if shows_networks else []), "Latest Deploy"]
    session.say(table(rows, *titles), end="")


def _latest_deploy(session: Session, app: App) -> str:
    current = releases.current(session.world, app)
    if current is None or not app.deployed:
        return ""
    return ago(session.world.clock.now(), current.created_at)


def _filter(session: Session) -> Organization | None:
    if not session.org:
        return None
    try:
        return organizations.show(session.api, session.org)
    except Failure as failure:
        raise within("error getting organization", failure) from None


def _listed(session: Session, app: App) -> dict[str, Any]:
    current = releases.current(session.world, app)
    if current is None:
        return app_listed(app, None)
    created = moment(current.created_at)
    return app_listed(app, release(Status=current.status.value, CreatedAt=created))


def _create(session: Session) -> None:
    name = _name(session)
    organization = _organization(session)
    created = apps.create(session.api, name, organization, session.flag("network"))
    _wait_for(session, created.name)
    if session.json:
        read_back = apps.query(session.api, created.name, apps.FULL)
        session.say(pretty(app_created(read_back)), end="")
    else:
        session.say(f"New app created: {created.name}")


def _name(session: Session) -> str:
    by_flag = session.flag("name")
    if session.argument and by_flag and session.argument != by_flag:
        both = f"two app names specified {session.argument} and {by_flag}"
        raise Failure(f"{both}, only one may be specified")
    name = session.argument or by_flag
    if not name and session.is_on("generate-name"):
        name = f"local-app-{session.world.count('names')}"
    if not name:
        raise not_interactive("name argument or flag")
    return name


def _organization(session: Session) -> Organization:
    found = organizations.list_(session.api)
    if session.org:
        for each in found:
            if each.slug == session.org:
                return each
        raise Failure(f"organization {session.org} not found")
    if len(found) == 1 and found[0].type == "PERSONAL":
        session.note(f"automatically selected personal organization: {found[0].name}")
        return found[0]
    raise not_interactive("org slug")


def _wait_for(session: Session, name: str) -> None:
    # flyctl reads a new app until it can, for a minute; here the minute is the world's.
    until = session.world.clock.now() + 60_000
    while True:
        try:
            apps.get(session.api, name)
        except Failure as failure:
            if failure.status not in {401, 404} or session.world.clock.now() > until:
                raise
            session.world.clock.sleep(0.1)
        else:
            return


def _destroy(session: Session) -> None:
    if not session.arguments:
        raise Failure("no app names provided")
    for name in session.arguments:
        if not session.is_on("yes"):
            session.note("Destroying an app is not reversible.")
            raise not_interactive("yes flag")
        app = apps.query(session.api, name, apps.FULL)
        organization = organizations.show(session.api, app.organization.slug)
        apps.add_ons(session.api, organization)
        apps.delete(session.api, name)
        session.say(f"Destroyed app {name}")


COMMAND = Group(
    "apps",
    (
        Command("list", _list, (JSON, ORG, Flag("quiet", "q")), aliases=("ls",)),
        Command(
            "create",
            _create,
            (
                JSON,
                ORG,
                YES,
                Flag("generate-name"),
                Flag("machines", effect=Effect.NONE, hidden=True),
                Flag("name", "", "string"),
                Flag("network", "", "string"),
                Flag("save", effect=Effect.MISSING),
            ),
            "<app name>",
            most=1,
            as_range=True,
        ),
        Command("destroy", _destroy, (YES,), "<app name(s)>", aliases=("delete", "remove", "rm")),
        releases_command.COMMAND,
    ),
    aliases=("app",),
    elsewhere=("errors", "move", "open", "restart"),
    hidden=("resume", "suspend"),
)
