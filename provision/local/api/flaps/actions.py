"""Routes of the Machines API that do something to a machine, or wait for it."""

from __future__ import annotations

from typing import Any, Protocol

from provision.local.api.asked import Asked
from provision.local.api.route import Answer, Effect, Json, Route
from provision.local.api.shapes.machines import process_json
from provision.local.world import World, actions
from provision.local.world.operations import Operation
from provision.local.world.patience import Patient
from provision.local.world.record import Record

LONGEST_WAIT_SECONDS = 60
OK = {"ok": True}


class Stop(Record):
    """
    The body of a stop.

    Attributes:
        id: The machine again.
        signal: What it is told with; here every signal stops it.
        timeout: How long it may take, as Go writes durations; here it never takes long.
    """

    id: str = ""
    signal: str = ""
    timeout: str = ""


class Metadata(Record):
    """
    The body of a change of metadata.

    Attributes:
        value: What an entry is from now on.
    """

    value: str


class _Action(Protocol):
    def __call__(self, world: World, app: str, machine: str, *, nonce: str = "") -> None: ...


def start(world: World, asked: Asked) -> dict[str, Any]:
    """Start a machine; return the state it was in."""
    before = actions.start(world, asked.path["app"], asked.path["machine"], nonce=asked.nonce)
    return {"previous_state": before, "migrated": False}


def stop(world: World, asked: Asked) -> dict[str, Any]:
    """Stop a machine."""
    asked.body(Stop)
    actions.stop(world, asked.path["app"], asked.path["machine"], nonce=asked.nonce)
    return OK


def set_metadata(world: World, asked: Asked) -> Answer:
    """Set one entry of a machine's metadata."""
    value = asked.body(Metadata).value
    app, machine, key = (asked.path[name] for name in ("app", "machine", "key"))
    actions.set_metadata(world, app, machine, key, value)
    return Answer(None, 204)


def processes(world: World, asked: Asked) -> list[dict[str, Any]]:
    """Return what runs inside a machine."""
    found = actions.processes(world, asked.path["app"], asked.path["machine"])
    return [process_json(each) for each in found]


def wait(world: World, asked: Asked) -> Patient[Json | Answer]:
    """Wait until a machine has reached a state, for a minute at most."""
    state = asked.query.get("state") or "started"
    seconds = min(asked.number("timeout", LONGEST_WAIT_SECONDS), LONGEST_WAIT_SECONDS)
    app, machine = asked.path["app"], asked.path["machine"]
    version = asked.query.get("version", "")
    found = yield from actions.waiting(world, app, machine, state, seconds=seconds, version=version)
    return {**OK, "state": found.state, "version": found.instance_id}


def _doing(action: _Action) -> Effect:
    def do(world: World, asked: Asked) -> dict[str, Any]:
        action(world, asked.path["app"], asked.path["machine"], nonce=asked.nonce)
        return OK

    return do


_MACHINE = "/v1/apps/{app}/machines/{machine}"

ROUTES = (
    Route(f"POST {_MACHINE}/start", Operation.MACHINES_START, start),
    Route(f"POST {_MACHINE}/stop", Operation.MACHINES_STOP, stop),
    Route(f"POST {_MACHINE}/suspend", Operation.MACHINES_SUSPEND, _doing(actions.suspend)),
    Route(f"POST {_MACHINE}/cordon", Operation.MACHINES_CORDON, _doing(actions.cordon)),
    Route(f"POST {_MACHINE}/uncordon", Operation.MACHINES_UNCORDON, _doing(actions.uncordon)),
    Route(f"POST {_MACHINE}/metadata/{{key}}", Operation.MACHINES_METADATA, set_metadata),
    Route(f"GET {_MACHINE}/ps", Operation.MACHINES_PROCESSES, processes),
    Route(f"GET {_MACHINE}/wait", Operation.MACHINES_WAIT, wait),
)
