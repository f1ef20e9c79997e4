"""`fly machine status`."""

from __future__ import annotations

from provision.local.standin.ago import ago
from provision.local.standin.gojson import pretty
from provision.local.standin.grammar import OF_APP, Command, Flag
from provision.local.standin.requests import machines
from provision.local.standin.selection import named
from provision.local.standin.session import Session
from provision.local.standin.table import table, vertical
from provision.local.world import machines as world_machines
from provision.local.world.clock import rfc3339
from provision.local.world.events import Event
from provision.local.world.later import json
from provision.local.world.machine import Machine

TITLES = (
    "ID",
    "Instance ID",
    "State",
    "Image",
    "Name",
    "Private IP",
    "Region",
    "Process Group",
    "CPU Kind",
    "vCPUs",
    "Memory",
    "Created",
    "Updated",
    "Entrypoint",
    "Command",
)


def _status(session: Session) -> None:
    [machine] = named(session)
    if session.is_on("display-config"):
        session.say(pretty(machine.config, indent=2), end="")
        return
    session.say(f"Machine ID: {machine.id}")
    session.say(f"Instance ID: {machine.instance_id}")
    session.say(f"State: {machine.state}")
    session.say(f"HostStatus: {machine.host_status}\n")
    mounts = machine.config.get("mounts") or []
    row, titles = _row(machine), list(TITLES)
    if mounts:
        row, titles = [*row, mounts[0].get("volume", "")], [*titles, "Volume"]
    session.say(vertical(row, *titles, title="VM"), end="")
    _say_checks(session, machine)
    events = [_event(each) for each in world_machines.events_of(session.world, machine)]
    titles = ["State", "Event", "Source", "Timestamp", "Info"]
    session.say(table(events, *titles, title="Event Logs"), end="")


def _row(machine: Machine) -> list[str]:
    guest = machine.config.get("guest") or {}
    init = machine.config.get("init") or {}
    return [
        machine.id,
        machine.instance_id,
        machine.state,
        f"{machine.image.repository}:{machine.image.tag}",
        machine.name,
        machine.private_ip,
        machine.region,
        machines.group(machine),
        str(guest.get("cpu_kind", "")),
        str(guest.get("cpus", "")),
        str(guest.get("memory_mb", "")),
        rfc3339(machine.created_at),
        rfc3339(machine.updated_at),
        json.dumps(init["entrypoint"]) if init.get("entrypoint") else "",
        json.dumps(init["cmd"]) if init.get("cmd") else "",
    ]


def _say_checks(session: Session, machine: Machine) -> None:
    found = world_machines.checks_of(session.world, machine)
    if not found:
        return
    now = session.world.clock.now()
    passing = sum(each.status == "passing" for each in found)
    rows = [
        [each.name, each.status.value, ago(now, each.updated_at), each.output] for each in found
    ]
    title = f"Checks [{passing}/{len(found)}]"
    titles = ["Name", "Status", "Last Updated", "Output"]
    session.say(table(rows, *titles, title=title), end="")


def _event(found: Event) -> list[str]:
    info = ""
    if found.exit is not None:
        oom, requested = str(found.exit.oom_killed).lower(), str(found.exit.requested_stop).lower()
        code = found.exit.exit_code
        info = f"exit_code={code},oom_killed={oom},requested_stop={requested}"
    if (found.type, found.status, found.source) == ("launch", "created", "flyd"):
        info = "migrated=true"
    return [found.status, found.type, found.source, rfc3339(found.timestamp), info]


COMMAND = Command(
    "status", _status, (*OF_APP, Flag("display-config", "d")), "[id]", most=1, as_range=True
)
