"""`fly secrets`."""

from __future__ import annotations

import sys
from enum import StrEnum

from provision.local.standin.failure import Failure, within
from provision.local.standin.gojson import pretty
from provision.local.standin.grammar import JSON, OF_APP, Command, Effect, Flag, Group
from provision.local.standin.requests import apps, machines, releases, secrets
from provision.local.standin.session import Session
from provision.local.standin.table import table
from provision.local.standin.target import app_name
from provision.local.world.apps import App
from provision.local.world.machine import Machine

LARGEST_STDIN = 64 * 1024
MOST_MACHINES = 100
STAGED = (
    "Secrets have been staged, but not set on VMs. Deploy or update machines in this app for the "
    "secrets to take effect."
)
FIRST = "Secrets are staged for the first deployment"
NOT_DEPLOYED = "not deployed. Deploy with `fly secrets deploy` to make them available."
PARTIALLY_DEPLOYED = (
    "partially deployed. This can happen during rolling deployments or if some machines failed to "
    "update. Deploy with `fly secrets deploy` to ensure all machines have the latest configuration."
)
NONE_GIVEN = "requires at least one SECRET=VALUE pair"


class Status(StrEnum):
    """Which machines have a secret's present value."""

    DEPLOYED = "Deployed"
    STAGED = "Staged"
    PARTIAL = "Partial"


def _list(session: Session) -> None:
    app = app_name(session)
    found = secrets.list_(session.api, app)
    deployed = _deployed(session, app)
    times = _release_times(session, app, deployed)
    rows = [(each, _status(each.updated_at, deployed, times)) for each in found]
    if session.json:
        shown = [
            {"name": each.name, "digest": each.digest}
            | ({"status": status.value} if len(deployed) <= MOST_MACHINES else {})
            for each, status in rows
        ]
        session.say(pretty(shown), end="")
        return
    titles = ["Name", "Digest", "Status"][: 3 if len(deployed) <= MOST_MACHINES else 2]
    marks = {Status.STAGED: "* ", Status.PARTIAL: "! "} if len(titles) > 2 else {}  # noqa: PLR2004
    cells = [[marks.get(status, "") + each.name, each.digest, status] for each, status in rows]
    session.say(table([row[: len(titles)] for row in cells], *titles), end="")
    if marks:
        _summarize(session, [status for _, status in rows])


def _summarize(session: Session, found: list[Status]) -> None:
    staged, partial = found.count(Status.STAGED), found.count(Status.PARTIAL)
    if staged and partial:
        session.say("Some secrets need to be deployed:")
        session.say(f"  * {_counted(staged)} staged (not yet deployed)")
        session.say(f"  ! {_counted(partial)} partially deployed (deployed to some machines)")
        session.say("\nDeploy with `fly secrets deploy` to sync all machines.")
    elif staged or partial:
        verb = "is" if staged + partial == 1 else "are"
        what = NOT_DEPLOYED if staged else PARTIALLY_DEPLOYED
        session.say(f"There {verb} {_counted(staged + partial)} {what}")


def _deployed(session: Session, app: str) -> tuple[Machine, ...]:
    """The machines; none where they cannot be read, and then all that is set looks staged."""
    try:
        return machines.of_app(session.api, app)
    except Failure:
        return ()


def _counted(count: int) -> str:
    return f"{count} secret{'' if count == 1 else 's'}"


def _release_times(session: Session, app: str, deployed: tuple[Machine, ...]) -> dict[str, int]:
    versions = {machines.metadata(each).get("fly_release_version", "") for each in deployed}
    if not versions - {""}:
        return {}
    limit = min(200, max(20, 2 * len(versions)))
    try:
        found = releases.recent(session.api, app, limit)
    except Failure:
        return {}
    return {str(each.version): each.created_at for each in found}


def _status(updated_at: int, deployed: tuple[Machine, ...], times: dict[str, int]) -> Status:
    versions = [machines.metadata(each).get("fly_release_version", "") for each in deployed]
    having = sum(times.get(version, -1) >= updated_at for version in versions)
    if not having:
        return Status.STAGED
    return Status.DEPLOYED if having == len(deployed) else Status.PARTIAL


def _set(session: Session) -> None:
    app = _app(session)
    values: dict[str, str | None] = {}
    for text in session.arguments:
        name, equals, value = text.partition("=")
        if not equals:
            problem = f"'{text}': must be in the format NAME=VALUE"
            raise Failure(f"could not parse secrets: {problem}")
        values[name] = _from_stdin(name) if value == "-" else value
    _store(session, app, values)


def _import(session: Session) -> None:
    from provision.local.standin import dotenv  # noqa: PLC0415 - only here

    app = _app(session)
    try:
        found = dotenv.parse(sys.stdin.buffer.read().decode(errors="replace"))
    except Failure as failure:
        raise within("Failed to parse secrets from stdin", failure) from None
    if not found:
        raise Failure(NONE_GIVEN)
    _store(session, app, dict(found))


def _unset(session: Session) -> None:
    _store(session, _app(session), dict.fromkeys(session.arguments))


def _app(session: Session) -> App:
    return apps.query(session.api, app_name(session), apps.COMPACT)


def _from_stdin(name: str) -> str:
    if sys.stdin.isatty():
        raise Failure(f"secret `{name}` expects standard input but none provided")
    return sys.stdin.buffer.read(LARGEST_STDIN).decode(errors="replace").strip()


def _store(session: Session, app: App, values: dict[str, str | None]) -> None:
    secrets.set_(session.api, app.name, values)
    if session.is_on("stage"):
        session.say(STAGED)
    elif not machines.of_app(session.api, app.name) and not app.deployed:
        session.say(FIRST)
    else:
        _restart(session, app.name)


def _restart(session: Session, app: str) -> None:
    from provision.local.standin.deploy.plan import Plan  # noqa: PLC0415 - most calls are staged
    from provision.local.standin.deploy.run import deploy  # noqa: PLC0415
    from provision.local.standin.deploy.settings import Addresses, Settings  # noqa: PLC0415
    from provision.local.standin.requests.definition import remote_config  # noqa: PLC0415

    try:
        config = remote_config(session, app)
    except Failure as failure:
        raise within("error loading appv2 config", failure) from None
    found = apps.get(session.api, app)
    settings = Settings(addresses=Addresses.NONE, detach=session.is_on("detach"), restart_only=True)
    current = releases.current(session.api, app, releases.LATEST_IMAGE)
    deploy(Plan(session, found, config, settings, current.image_ref if current else ""))


_SHARED = (
    *OF_APP,
    Flag("detach"),
    Flag("dns-checks", default="true", effect=Effect.NONE),
    Flag("stage"),
)

COMMAND = Group(
    "secrets",
    (
        Command("list", _list, (*OF_APP, JSON), aliases=("ls",)),
        Command("set", _set, _SHARED, "[flags] NAME=VALUE NAME=VALUE ...", least=1),
        Command("import", _import, _SHARED),
        Command("unset", _unset, _SHARED, "[flags] NAME NAME ...", least=1),
    ),
    elsewhere=("deploy", "sync"),
    hidden=("keys",),
)
