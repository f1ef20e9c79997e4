"""Machines as the Machines API shows them."""

from __future__ import annotations

from typing import Any

from provision.local.world.actions import Process
from provision.local.world.checks import Check
from provision.local.world.clock import rfc3339
from provision.local.world.events import Event
from provision.local.world.life import Exit
from provision.local.world.machine import Machine

REACHABLE = "ok"
"""What a host says that can be reached."""


def machine_json(
    found: Machine, events: tuple[Event, ...], checks: tuple[Check, ...], *, nonce: str = ""
) -> dict[str, Any]:
    """
    Return a machine.

    Args:
        found: The machine.
        events: What happened to it, the newest first.
        checks: What its checks say.
        nonce: The lease's, in answers to whoever asked for one.
    """
    reachable = found.host_status == REACHABLE
    shape = {
        "id": found.id,
        "name": found.name,
        "state": found.state,
        "region": found.region,
        "image_ref": found.image._asdict(),
        "instance_id": found.instance_id,
        "version": found.instance_id,
        "private_ip": found.private_ip,
        "created_at": rfc3339(found.created_at),
        "updated_at": rfc3339(found.updated_at),
        "config": found.config if reachable else None,
        "events": [event_json(each, found.id) for each in events],
        "checks": [check_json(each) for each in checks],
        "host_status": found.host_status,
        "cordoned": found.cordoned,
    }
    incomplete = {} if reachable else {"incomplete_config": found.config}
    return shape | incomplete | ({"nonce": nonce} if nonce else {})


def process_json(found: Process) -> dict[str, Any]:
    """Return a process inside a machine, with where it listens."""
    sockets = [{"proto": "tcp", "address": address} for address in found.addresses]
    return {
        "pid": found.pid,
        "stime": 1,
        "rtime": 1,
        "command": found.command,
        "directory": "/",
        "cpu": 0,
        "rss": 1024,
        "listen_sockets": sockets,
    }


def check_json(found: Check) -> dict[str, Any]:
    """Return what a check says."""
    return {
        "name": found.name,
        "status": found.status.value,
        "output": found.output,
        "updated_at": rfc3339(found.updated_at),
    }


def event_json(found: Event, machine_id: str) -> dict[str, Any]:
    """Return an event of a machine; an ``exit`` says how the process ended."""
    shape = {
        "id": f"{machine_id}-{found.timestamp}-{found.type}",
        "type": found.type,
        "status": found.status,
        "source": found.source,
        "timestamp": found.timestamp,
    }
    if found.exit is None:
        return shape
    return shape | {"request": _exit(found.exit, found.timestamp)}


def _exit(found: Exit, timestamp: int) -> dict[str, Any]:
    event_ = found._asdict() | {"exited_at": rfc3339(timestamp)}
    return {"exit_event": event_, "restart_count": event_.pop("restart_count")}
