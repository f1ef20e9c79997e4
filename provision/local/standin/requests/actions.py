"""Requests that do something to a machine, or wait for it."""

from __future__ import annotations

from provision.local.standin.api import Api
from provision.local.world import actions, apps
from provision.local.world.actions import Process
from provision.local.world.hints import Protocol, TypeVar
from provision.local.world.machine import Machine
from provision.local.world.operations import Operation
from provision.local.world.store import World

T_co = TypeVar("T_co", covariant=True)
LONGEST_WAIT_SECONDS = 60
BLUEGREEN = "query ($appName: String!) { canPerformBluegreenDeployment(name: $appName) }"


class _Action(Protocol[T_co]):
    def __call__(self, world: World, app: str, machine: str, *, nonce: str = "") -> T_co: ...


def start(api: Api, machine: Machine, nonce: str = "") -> str:
    """Start a machine; return the state it was in."""
    failing = f"failed to start VM {machine.id}"
    return _act(api, Operation.MACHINES_START, machine, nonce, actions.start, failing=failing)


def stop(api: Api, machine: Machine, nonce: str) -> None:
    """Stop a machine."""
    failing = f"failed to stop VM {machine.id}"
    _act(api, Operation.MACHINES_STOP, machine, nonce, actions.stop, failing=failing)


def suspend(api: Api, machine: Machine, nonce: str) -> None:
    """Suspend a machine."""
    failing = f"failed to suspend VM {machine.id}"
    _act(api, Operation.MACHINES_SUSPEND, machine, nonce, actions.suspend, failing=failing)


def cordon(api: Api, machine: Machine, nonce: str) -> None:
    """Keep the proxy from a machine."""
    failing = "failed to cordon VM"
    _act(api, Operation.MACHINES_CORDON, machine, nonce, actions.cordon, failing=failing)


def uncordon(api: Api, machine: Machine) -> None:
    """Let the proxy send traffic to a machine again."""
    failing = "failed to uncordon VM"
    _act(api, Operation.MACHINES_UNCORDON, machine, "", actions.uncordon, failing=failing)


def destroy(api: Api, machine: Machine, nonce: str = "", *, kill: bool = True) -> None:
    """Destroy a machine."""
    app = machine.app.name
    api.flaps(
        Operation.MACHINES_DESTROY,
        f"DELETE {_path(machine)}?kill={str(kill).lower()}",
        lambda: actions.destroy(api.world, app, machine.id, kill=kill, nonce=nonce),
        app=app,
        failing=f"failed to destroy VM {machine.id}",
    )


def wait(api: Api, machine: Machine, state: str, *, seconds: float) -> None:
    """Wait until a machine has reached *state*; a request waits a minute at most."""
    limit = max(1, min(LONGEST_WAIT_SECONDS, int(seconds)))
    app = machine.app.name
    api.flaps(
        Operation.MACHINES_WAIT,
        f"GET {_path(machine)}/wait?state={state}&timeout={limit}",
        lambda: actions.wait(api.world, app, machine.id, state, seconds=limit),
        app=app,
        failing=f"failed to wait for VM {machine.id} in [{state}] state",
    )


def processes(api: Api, machine: Machine) -> tuple[Process, ...]:
    """Return what runs inside a machine."""
    app = machine.app.name
    return api.flaps(
        Operation.MACHINES_PROCESSES,
        f"GET {_path(machine)}/ps",
        lambda: actions.processes(api.world, app, machine.id),
        app=app,
        failing=f"failed to get processes from VM {machine.id}",
    )


def set_metadata(api: Api, machine: Machine, key: str, value: str) -> None:
    """Set one entry of a machine's metadata."""
    app = machine.app.name
    api.flaps(
        Operation.MACHINES_METADATA,
        f"POST {_path(machine)}/metadata/{key}",
        lambda: actions.set_metadata(api.world, app, machine.id, key, value),
        app=app,
        failing=f"failed to set metadata for {machine.id}",
    )


def bluegreen_is_allowed(api: Api, app: str) -> bool:
    """Ask whether *app* may be deployed with two sets of machines; the local Fly always agrees."""
    operation = Operation.BLUEGREEN_ALLOWED
    api.graphql(operation, BLUEGREEN, lambda: apps.show(api.world, app), app=app)
    return True


def _act(
    api: Api,
    operation: Operation,
    machine: Machine,
    nonce: str,
    action: _Action[T_co],
    *,
    failing: str,
) -> T_co:
    app = machine.app.name
    verb = operation.value.partition(".")[2]
    return api.flaps(
        operation,
        f"POST {_path(machine)}/{verb}",
        lambda: action(api.world, app, machine.id, nonce=nonce),
        app=app,
        failing=failing,
    )


def _path(machine: Machine) -> str:
    return f"/v1/apps/{machine.app.name}/machines/{machine.id}"
