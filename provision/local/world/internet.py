"""What the internet gets to see of an app: its name, its certificate, the proxy, the machines."""

from __future__ import annotations

from enum import StrEnum

from provision.local.world import actions, addresses, machines
from provision.local.world.addresses import AddressType
from provision.local.world.faults import Mark, marked
from provision.local.world.hints import Any
from provision.local.world.life import MachineState
from provision.local.world.machine import Machine
from provision.local.world.record import Record
from provision.local.world.refusals import AppNotFound, WaitedTooLong
from provision.local.world.store import World

DOMAIN = ".fly.dev"
OK, UNAVAILABLE = 200, 503
WAKES_WITHIN = 30.0
"""Seconds the proxy gives a machine to start."""


class Met(StrEnum):
    """How far a request came."""

    NO_NAME = "no name"
    REFUSED = "refused"
    NO_CERTIFICATE = "no certificate"
    SILENCE = "silence"
    LOOP = "loop"
    ANSWER = "answer"


class Reply(Record):
    """
    What became of a request.

    Attributes:
        met: How far it came.
        status: The HTTP status of the answer; 0 for none.
    """

    met: Met
    status: int = 0


def request(world: World, app: str, port: int) -> Reply:
    """
    Return what a request over https to *app* meets; it starts a machine that rests, if need be.

    What the proxy answers where no machine can is assumed, no recording shows it.
    """
    if not _has_name(world, app) or marked(world, Mark.NAME_NOT_RESOLVED, app):
        return Reply(Met.NO_NAME)
    behind = [(each, _service(each, port)) for each in machines.list_(world, app)]
    serving = [(each, service) for each, service in behind if service is not None]
    if not serving:
        return Reply(Met.REFUSED)
    if marked(world, Mark.NO_CERTIFICATE, app):
        return Reply(Met.NO_CERTIFICATE)
    if not _is_up(world, app, serving):
        return Reply(Met.ANSWER, UNAVAILABLE)
    return _reply(world, app)


def _reply(world: World, app: str) -> Reply:
    """Return what the app itself makes of a request, as faults decide."""
    if marked(world, Mark.NEVER_ANSWERS, app):
        return Reply(Met.SILENCE)
    if marked(world, Mark.REDIRECTS_FOR_EVER, app):
        return Reply(Met.LOOP)
    told = marked(world, Mark.ANSWERS_WITH, app)
    return Reply(Met.ANSWER, int(told.message) if told else OK)


def _has_name(world: World, app: str) -> bool:
    """Return whether there is the app, and a public address its name could lead to."""
    try:
        found = addresses.list_(world, app)
    except AppNotFound:
        return False
    return any(each.type is not AddressType.PRIVATE_V6 for each in found)


def _service(machine: Machine, port: int) -> dict[str, Any] | None:
    for service in machine.config.get("services") or []:
        for each in service.get("ports") or []:
            first = each.get("port") or each.get("start_port") or 0
            last = each.get("port") or each.get("end_port") or 0
            if first <= port <= last and "tls" in (each.get("handlers") or []):
                found: dict[str, Any] = service
                return found
    return None


def _is_up(world: World, app: str, serving: list[tuple[Machine, dict[str, Any]]]) -> bool:
    """Return whether a machine answers; where none does, the first that may be started is."""
    routed = [(m, s) for m, s in serving if not m.cordoned and m.host_status == "ok"]
    if any(_answers(machine) for machine, _ in routed):
        return True
    for machine, service in routed:
        if machine.state in _AT_REST and service.get("autostart"):
            actions.start(world, app, machine.id)
            try:
                actions.wait(world, app, machine.id, MachineState.STARTED, seconds=WAKES_WITHIN)
            except WaitedTooLong:
                return False
            return _answers(machines.show(world, app, machine.id))
    return False


_AT_REST = (MachineState.STOPPED, MachineState.SUSPENDED)


def _answers(machine: Machine) -> bool:
    return machine.state == MachineState.STARTED and machine.listens and machine.healthy
