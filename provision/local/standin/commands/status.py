"""`fly status`."""

from __future__ import annotations

from provision.local.standin import shapes
from provision.local.standin.failure import Failure, within
from provision.local.standin.gojson import pretty
from provision.local.standin.grammar import JSON, OF_APP, Command, Effect, Flag
from provision.local.standin.requests import apps, images, machines, releases
from provision.local.standin.session import Session
from provision.local.standin.table import table, vertical
from provision.local.standin.target import app_name
from provision.local.world.apps import App
from provision.local.world.clock import rfc3339
from provision.local.world.hints import Any
from provision.local.world.machine import Machine

STANDBY = "  † Standby machine (it will take over only in case of host hardware failure)"
UNREACHABLE = "  💀 The machine's host is unreachable"
UNMANAGED = "Found machines that aren't part of Fly Launch, run fly machines list to see them."


def _status(session: Session) -> None:
    if session.is_on("watch") and session.json:
        raise Failure("--watch and --json are not supported together")
    if session.is_on("watch"):
        raise Failure("--watch is not supported for non-interactive sessions")
    name = app_name(session)
    try:
        app = apps.query(session.api, name, apps.COMPACT)
    except Failure as failure:
        raise within("failed to get app", failure) from None
    found = machines.active(session.api, name)
    found = tuple(sorted(found, key=lambda each: each.id, reverse=True))
    if session.json:
        session.say(pretty(_document(session, app, found)), end="")
    else:
        _say(session, app, found)


def _document(session: Session, app: App, found: tuple[Machine, ...]) -> dict[str, Any]:
    release = releases.current(session.api, app.name, releases.CURRENT_VERSION)
    deployed = [each for each in found if machines.is_deployed(each)]
    organization = {
        "ID": app.organization.id,
        "InternalNumericID": str(app.organization.number),
        "Name": "",
        "Slug": app.organization.slug,
        "RawSlug": "",
        "PaidPlan": app.organization.paid_plan,
    }
    document = {
        "AppURL": f"https://{app.hostname}",
        "Deployed": app.deployed,
        "Hostname": app.hostname,
        "ID": app.name,
        "Machines": [shapes.machine(session.world, each) for each in deployed],
        "Name": app.name,
        "Network": app.custom_network,
        "Organization": organization,
        "PlatformVersion": "machines",
        "Status": app.status.value,
        "Version": release.version if release else 0,
    }
    if not app.custom_network:
        del document["Network"]
    return document


def _say(session: Session, app: App, found: tuple[Machine, ...]) -> None:
    for reference in sorted({images.short(each) for each in found}):
        images.latest(session.api, reference)
    deployed = [each for each in found if machines.is_deployed(each)]
    released = [each for each in deployed if _version(each)]
    latest = max(released, key=lambda each: int(_version(each)), default=None)
    image = images.short(latest) if latest else "-"
    row, titles = [app.name, app.organization.slug, app.hostname, image], ["Name", "Owner"]
    titles += ["Hostname", "Image"]
    if app.custom_network:
        row, titles = [*row, app.custom_network], [*titles, "Network"]
    session.say(vertical(row, *titles, title="App"), end="")
    if deployed:
        titles = ["Process", "ID", "Version", "Region", "State", "Role", "Checks", "Last Updated"]
        rows = sorted(_row(session, each) for each in deployed)
        session.say(table(rows, *titles, title="Machines"), end="")
        _say_notes(session, deployed)
    if len(deployed) < len(found):
        session.say(UNMANAGED)


def _say_notes(session: Session, deployed: list[Machine]) -> None:
    notes = {
        STANDBY: any(each.config.get("standbys") for each in deployed),
        UNREACHABLE: any(each.host_status != "ok" for each in deployed),
    }
    if any(notes.values()):
        session.say("\n".join(["Notes:", *(note for note, holds in notes.items() if holds)]))


def _version(found: Machine) -> str:
    return machines.metadata(found).get("fly_release_version", "")


def _row(session: Session, found: Machine) -> list[str]:
    checks = shapes.machine(session.world, found).get("checks", [])
    standby = "†" if found.config.get("standbys") else ""
    unreachable = "" if found.host_status == "ok" else "💀"
    group = f"{machines.group(found) or '<default>'}{standby}{unreachable}"
    summary = _summary([check.get("status", "") for check in checks])
    row = [group, found.id, _version(found), found.region, found.state]
    role = machines.metadata(found).get("role", "")
    return [*row, role, summary, rfc3339(found.updated_at)]


def _summary(results: list[str]) -> str:
    counts = {result: results.count(result) for result in ("passing", "warning", "critical")}
    told = [f"{count} {result}" for result, count in counts.items() if count]
    return ", ".join([f"{len(results)} total", *told]) if results else ""


COMMAND = Command(
    "status",
    _status,
    (
        *OF_APP,
        JSON,
        Flag("all", effect=Effect.NONE),
        Flag("deployment", effect=Effect.NONE),
        Flag("rate", "", "int", "5", effect=Effect.NONE),
        Flag("watch"),
    ),
    most=0,
)
