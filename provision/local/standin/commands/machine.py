"""`fly machine`."""

from __future__ import annotations

from collections.abc import Callable

from provision.local.standin import shapes
from provision.local.standin.appconfig import durations, sizes
from provision.local.standin.commands import machine_leases, machine_status
from provision.local.standin.failure import Failure, within
from provision.local.standin.gojson import pretty
from provision.local.standin.grammar import JSON, OF_APP, Command, Effect, Flag, Group
from provision.local.standin.requests import actions, apps, machines
from provision.local.standin.selection import leased, named
from provision.local.standin.session import Session
from provision.local.standin.table import table
from provision.local.standin.target import app_name
from provision.local.world.clock import rfc3339
from provision.local.world.machine import Machine

TITLES = (
    "ID",
    "Name",
    "State",
    "Checks",
    "Region",
    "Role",
    "Image",
    "IP Address",
    "Volume",
    "Created",
    "Last Updated",
    "Process Group",
    "Size",
)


def _list(session: Session) -> None:
    app = app_name(session)
    found = machines.list_(session.api, app)
    if session.json:
        session.say(pretty([shapes.machine(session.world, each) for each in found]), end="")
    elif session.is_on("quiet"):
        session.say(table([[each.id] for each in found]), end="")
    elif not found:
        session.say(f"No machines are available on this app {app}")
    else:
        session.say(f"{len(found)} machines have been retrieved from app {app}.")
        session.say(f"View them in the UI here (\u200bhttps://fly.io/apps/{app}/machines/)\n")
        rows = [_row(session, each) for each in found]
        session.say(table(rows, *TITLES, title=app), end="")
        if any(each.host_status != "ok" for each in found):
            session.say("* These Machines' hosts could not be reached.")


def _row(session: Session, found: Machine) -> list[str]:
    checks = shapes.machine(session.world, found).get("checks", [])
    passing = sum(check.get("status") == "passing" for check in checks)
    config = found.config if found.host_status == "ok" else {}
    mounts = config.get("mounts") or [{}]
    guest = config.get("guest") or {}
    reachable = [
        f"{passing}/{len(checks)}" if checks else "",
        f"{found.image.repository}:{found.image.tag}",
        found.private_ip,
        rfc3339(found.created_at),
        rfc3339(found.updated_at),
    ]
    if found.host_status != "ok":
        reachable = [""] * len(reachable)
    summary, image, address, created, updated = reachable
    return [
        found.id + ("" if found.host_status == "ok" else "*"),
        found.name,
        found.state,
        summary,
        found.region,
        next((check.get("output", "") for check in checks if check["name"] == "role"), ""),
        image,
        address,
        mounts[0].get("volume", ""),
        created,
        updated,
        machines.group(found) if config else "",
        f"{sizes.name(guest)}:{guest.get('memory_mb', 0)}MB" if guest else "",
    ]


def _start(session: Session) -> None:
    found = named(session)
    with leased(session, found) as nonces:
        for machine in found:
            _try("start", machine, lambda each: actions.start(session.api, each, nonces[each.id]))
            session.say(f"{machine.id} has been started")


def _stop(session: Session) -> None:
    found = named(session)
    with leased(session, found) as nonces:
        for machine in found:
            session.say(f"Sending kill signal to machine {machine.id}...")
            _try("stop", machine, lambda each: actions.stop(session.api, each, nonces[each.id]))
            _wait_if_asked(session, machine, "stopped", "did not stop")
            session.say(f"{machine.id} has been successfully stopped")


def _suspend(session: Session) -> None:
    found = named(session)
    with leased(session, found) as nonces:
        for machine in found:
            _try("suspend", machine, lambda each: _suspend_one(session, each, nonces))
            waited = _wait_if_asked(session, machine, "suspended", "was not suspended")
            done = "has been suspended" if waited else "is being suspended"
            session.say(f"{machine.id} {done}")


def _suspend_one(session: Session, machine: Machine, nonces: dict[str, str]) -> None:
    actions.suspend(session.api, machine, nonces[machine.id])


def _destroy(session: Session) -> None:
    found = named(session)
    with leased(session, found) as nonces:
        for machine in found:
            app = machine.app.name
            try:
                apps.query(session.api, app, apps.COMPACT)
            except Failure as failure:
                raise within(f"could not get app '{app}'", failure) from None
            _destroy_one(session, machine, nonces.get(machine.id, ""))


def _destroy_one(session: Session, machine: Machine, nonce: str) -> None:
    force, state = session.is_on("force"), machine.state
    if state == "destroyed":
        raise Failure(f"machine {machine.id} has already been destroyed")
    if state == "started" and not force:
        hint = "either stop first or use --force flag"
        raise Failure(f"machine {machine.id} currently started, {hint}")
    if state not in {"stopped", "suspended", "started"} and not force:
        raise Failure(
            f"machine {machine.id} is in a {state} state and cannot be destroyed since it is not "
            "stopped or suspended, either stop first or use --force flag"
        )
    session.say(
        f"machine {machine.id} was found and is currently in {state} state, attempting to "
        "destroy..."
    )
    _try("destroy", machine, lambda each: actions.destroy(session.api, each, nonce, kill=force))
    session.say(f"{machine.id} has been destroyed")


def _wait(session: Session) -> None:
    state, patience = session.flag("state"), durations.seconds(session.flag("wait-timeout"))
    if not state:
        raise Failure("state cannot be empty")
    [machine] = named(session)
    limit = durations.show(durations.parse(session.flag("wait-timeout")))
    session.say(f'Waiting up to {limit} for machine {machine.id} to reach "{state}"...')
    try:
        # One request waits a minute at most, and its end is not worth another one to flyctl.
        actions.wait(session.api, machine, state, seconds=patience)
    except Failure as failure:
        what = f'machine {machine.id} did not reach "{state}" within {limit}'
        raise within(what, failure) from None
    if state == "settled":
        state = machines.show(session.api, machine.app.name, machine.id).state
    session.say(f'Machine {machine.id} reached state "{state}"')


def _try(verb: str, machine: Machine, action: Callable[[Machine], object]) -> None:
    try:
        action(machine)
    except Failure as failure:
        raise within(f"could not {verb} machine {machine.id}", failure) from None


def _wait_if_asked(session: Session, machine: Machine, state: str, failing: str) -> bool:
    patience = durations.seconds(session.flag("wait-timeout"))
    if not patience:
        return False
    machines.show(session.api, machine.app.name, machine.id)
    try:
        actions.wait(session.api, machine, state, seconds=patience)
    except Failure as failure:
        what = f"machine {machine.id} {failing} within the wait timeout"
        raise within(what, failure) from None
    return True


_MANY = "[<id>...]"
_WAIT = Flag("wait-timeout", "w", "duration", "0s")

COMMAND = Group(
    "machine",
    (
        Command("list", _list, (*OF_APP, JSON, Flag("quiet", "q")), most=0, aliases=("ls",)),
        machine_status.COMMAND,
        Command("start", _start, OF_APP, _MANY),
        Command(
            "stop",
            _stop,
            (
                *OF_APP,
                _WAIT,
                Flag("signal", "s", "string", effect=Effect.NONE),
                Flag("timeout", "", "int", "0", effect=Effect.NONE),
            ),
            _MANY,
        ),
        Command("suspend", _suspend, (*OF_APP, _WAIT), _MANY),
        Command(
            "destroy",
            _destroy,
            (*OF_APP, Flag("force", "f"), Flag("image", "i", "string", effect=Effect.MISSING)),
            "[flags] ID ID ...",
            aliases=("remove", "rm"),
        ),
        Command(
            "wait",
            _wait,
            (
                *OF_APP,
                Flag("state", "", "string", "settled"),
                Flag("wait-timeout", "w", "duration", "5m0s"),
            ),
            "[id]",
            most=1,
            as_range=True,
        ),
        machine_leases.COMMAND,
    ),
    aliases=("machines", "m"),
    elsewhere=(
        "api-proxy",
        "clone",
        "cordon",
        "create",
        "exec",
        "kill",
        "place",
        "restart",
        "run",
        "uncordon",
        "update",
    ),
    hidden=("egress-ip",),
)
