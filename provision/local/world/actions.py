"""What is done to a machine besides configuring it: it is started, awaited, destroyed and so on."""

from __future__ import annotations

from provision.local.world import leases, life, machines, volumes
from provision.local.world.behaviour import expected
from provision.local.world.faults import Mark, marked
from provision.local.world.later import json
from provision.local.world.life import GONE, SETTLED, MachineState, Script
from provision.local.world.machine import Machine
from provision.local.world.patience import Patient, sleeping
from provision.local.world.record import Record
from provision.local.world.refusals import MachineNotFound, Malformed, Precondition, WaitedTooLong
from provision.local.world.store import World

_STARTABLE = SETTLED - {MachineState.STARTED, MachineState.DESTROYED}
_STATES = {state.value for state in MachineState} | {"settled"}


class Process(Record):
    """
    A process inside a machine.

    Attributes:
        pid: Its number.
        command: What runs.
        addresses: Where it listens, over TCP.
    """

    pid: int
    command: str
    addresses: tuple[str, ...]


def start(world: World, app: str, machine: str, *, nonce: str = "") -> str:
    """
    Start a machine that rests; return the state it was in.

    Raises:
        Precondition: It is not at rest, or gone.
        LeaseHeld: Somebody else has its lease.
    """
    with world.transaction():
        before = _leased(world, app, machine, nonce)
        if before.state == MachineState.STARTED:
            return before.state
        if before.state not in _STARTABLE:
            raise Precondition(
                f"unable to start machine from current state: '{before.state}'",
            )
        behaviour = expected(world, app, before.config)
        sql = "UPDATE machines SET healthy = ?, listens = ? WHERE id = ?"
        world.execute(sql, behaviour.healthy, behaviour.listens, machine)
        machines.play(world, before, life.started(behaviour, machine))
        return before.state


def stop(world: World, app: str, machine: str, *, nonce: str = "") -> None:
    """
    Stop a machine; stopping one that is stopped is no error.

    Raises:
        Precondition: It is gone.
        LeaseHeld: Somebody else has its lease.
    """
    _rest(world, app, machine, nonce, life.stopped())


def suspend(world: World, app: str, machine: str, *, nonce: str = "") -> None:
    """
    Suspend a machine.

    Raises:
        Precondition: It is gone.
        LeaseHeld: Somebody else has its lease.
    """
    _rest(world, app, machine, nonce, life.suspended())


def destroy(world: World, app: str, machine: str, *, kill: bool, nonce: str = "") -> None:
    """
    Destroy a machine; its volume is free again, its lease is gone.

    Raises:
        MachineNotFound: There is none.
        Precondition: It runs, and *kill* is not given; or it is gone.
        LeaseHeld: Somebody else has its lease.
    """
    with world.transaction():
        before = _leased(world, app, machine, nonce)
        if not kill and before.state not in _STARTABLE:
            raise Precondition(
                f"unable to destroy machine, not currently in a resting state: {before.state}"
            )
        volumes.detach(world, machine)
        world.execute("DELETE FROM leases WHERE machine = ?", machine)
        machines.play(world, before, life.destroyed())


def cordon(world: World, app: str, machine: str, *, nonce: str = "") -> None:
    """
    Keep the proxy from a machine.

    Raises:
        LeaseHeld: Somebody else has its lease.
    """
    _set_cordoned(world, app, machine, nonce, cordoned=True)


def uncordon(world: World, app: str, machine: str, *, nonce: str = "") -> None:
    """
    Let the proxy send traffic to a machine again.

    Raises:
        LeaseHeld: Somebody else has its lease.
    """
    _set_cordoned(world, app, machine, nonce, cordoned=False)


def set_metadata(world: World, app: str, machine: str, key: str, value: str) -> None:
    """Set one entry of a machine's metadata; flyctl does so without the lease's nonce."""
    with world.transaction():
        config = machines.show(world, app, machine).config
        metadata = {**(config.get("metadata") or {}), key: value}
        document = json.dumps(config | {"metadata": metadata})
        world.execute("UPDATE machines SET config = ? WHERE id = ?", document, machine)


def wait(world: World, app: str, machine: str, state: str, *, seconds: float) -> None:
    """
    Wait until a machine has reached *state*, or any state of rest for ``settled``.

    Raises:
        MachineNotFound: There is none, or it was destroyed before it reached the state.
        Malformed: There is no such state.
        WaitedTooLong: It had not within *seconds* of the world.
    """
    sleeping(waiting(world, app, machine, state, seconds=seconds), world.clock.sleep)


def waiting(
    world: World, app: str, machine: str, state: str, *, seconds: float, version: str = ""
) -> Patient[Machine]:
    """
    Do what `wait` does, for whoever cannot sleep meanwhile; return the machine.

    With a *version*, an instance id, what another instance does is of no concern.

    Raises:
        MachineNotFound: There is none, or it was destroyed before it reached the state.
        Malformed: There is no such state.
        WaitedTooLong: It had not reached the state within *seconds* of the world.
    """
    if state not in _STATES:
        raise Malformed(f"invalid_argument: unsupported state '{state}'")
    until = world.clock.now() + int(seconds * 1000)
    while True:
        found = machines.show(world, app, machine)
        if has_reached(found, state) and version in {"", found.instance_id}:
            return found
        if found.state == MachineState.DESTROYED:
            raise MachineNotFound
        now = world.clock.now()
        if now >= until:
            raise WaitedTooLong(state, found.state)
        upcoming = [at for at, _ in found.phases if at > now]
        yield (min([until, now + 100, *upcoming]) - now + 1) / 1000


def has_reached(machine: Machine, state: str) -> bool:
    """Return whether a machine is in *state*; one that was never launched counts as stopped."""
    if state == "settled":
        return machine.state in SETTLED
    if state == MachineState.STOPPED:
        return machine.state in {MachineState.STOPPED, MachineState.CREATED} and (
            len(machine.phases) == 1
        )
    return machine.state == state


def processes(world: World, app: str, machine: str) -> tuple[Process, ...]:
    """
    Return what runs inside a machine, and where it listens.

    Raises:
        MachineNotFound: There is none.
    """
    found = machines.show(world, app, machine)
    if found.state != MachineState.STARTED:
        return ()
    host = "0.0.0.0" if found.listens else "127.0.0.1"  # noqa: S104 - inside a pretended machine
    services = found.config.get("services") or []
    ports = {int(each["internal_port"]) for each in services if each.get("internal_port")}
    command = " ".join((found.config.get("init") or {}).get("cmd") or ["/app"])
    return (Process(510, command, tuple(f"{host}:{port}" for port in sorted(ports))),)


def _leased(world: World, app: str, machine: str, nonce: str) -> Machine:
    found = machines.show(world, app, machine)
    if found.state in GONE:
        raise Precondition(f"machine {machine} is {found.state}")
    leases.check(world, machine, nonce)
    return found


def _rest(world: World, app: str, machine: str, nonce: str, script: Script) -> None:
    with world.transaction():
        before = _leased(world, app, machine, nonce)
        if before.state == script[-1].state or marked(world, Mark.MACHINE_STAYS, app):
            return
        machines.play(world, before, script)


def _set_cordoned(world: World, app: str, machine: str, nonce: str, *, cordoned: bool) -> None:
    with world.transaction():
        _leased(world, app, machine, nonce)
        world.execute("UPDATE machines SET cordoned = ? WHERE id = ?", cordoned, machine)
