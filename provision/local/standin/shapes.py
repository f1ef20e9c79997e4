"""Machines, volumes and logs as flyctl prints them: short names, zeros left out."""

from __future__ import annotations

from provision.local.standin.gojson import moment
from provision.local.world import machines
from provision.local.world.checks import Check
from provision.local.world.clock import rfc3339
from provision.local.world.events import Event
from provision.local.world.hints import Any
from provision.local.world.life import Exit
from provision.local.world.logs import LogLine
from provision.local.world.machine import Machine
from provision.local.world.store import World
from provision.local.world.volumes import Volume


def machine(world: World, found: Machine) -> dict[str, Any]:
    """Return a machine with its events and checks."""
    reachable = found.host_status == "ok"
    shape = {
        "id": found.id,
        "name": found.name,
        "state": found.state,
        "region": found.region,
        "image_ref": _filled(found.image._asdict()),
        "instance_id": found.instance_id,
        "version": found.instance_id,
        "private_ip": found.private_ip,
        "created_at": rfc3339(found.created_at),
        "updated_at": rfc3339(found.updated_at),
        "config": found.config if reachable else None,
        "events": [_event(each) for each in machines.events_of(world, found)],
        "checks": [check(each) for each in machines.checks_of(world, found)],
        "host_status": found.host_status,
    }
    incomplete = {} if reachable else {"incomplete_config": found.config}
    return _filled(shape) | {"cordoned": found.cordoned} | incomplete


def check(found: Check) -> dict[str, Any]:
    """Return what a check says."""
    shape = {
        "name": found.name,
        "status": found.status.value,
        "output": found.output,
        "updated_at": moment(found.updated_at),
    }
    return _filled(shape)


def volume(found: Volume) -> dict[str, Any]:
    """Return a volume."""
    return {
        "id": found.id,
        "name": found.name,
        "state": "created",
        "size_gb": found.size_gb,
        "region": found.region,
        "zone": found.zone,
        "encrypted": found.encrypted,
        "attached_machine_id": found.machine,
        "attached_alloc_id": None,
        "created_at": moment(found.created_at),
        "host_dedication_id": "",
        "snapshot_retention": found.snapshot_retention,
        "auto_backup_enabled": found.auto_backup,
        "host_status": "ok",
    }


def log_line(found: LogLine) -> dict[str, Any]:
    """Return a line of logs."""
    return {
        "level": found.level,
        "instance": found.instance,
        "message": found.message,
        "region": found.region,
        "timestamp": rfc3339(found.happened_at),
        "meta": {
            "Instance": found.instance,
            "Region": found.region,
            "Event": {"Provider": found.provider},
            "HTTP": {
                "Request": {"ID": "", "Method": "", "Version": ""},
                "Response": {"status_code": 0},
            },
            "Error": {"Code": 0, "Message": ""},
            "URL": {"Full": ""},
        },
    }


def _event(found: Event) -> dict[str, Any]:
    shape: dict[str, Any] = {"type": found.type, "status": found.status}
    if found.exit is not None:
        shape["request"] = _request(found.exit, found.timestamp)
    return shape | {"source": found.source, "timestamp": found.timestamp}


def _request(found: Exit, timestamp: int) -> dict[str, Any]:
    event = _filled(found._asdict())
    event.pop("restart_count", None)
    count = {"restart_count": found.restart_count} if found.restart_count else {}
    return {"exit_event": event | {"exited_at": moment(timestamp)}} | count


def _filled(shape: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in shape.items() if value}
