"""Machines as Fly shows them, and how they come to be and change."""

from __future__ import annotations

from provision.local.world import (
    apps,
    checks,
    events,
    identity,
    leases,
    life,
    logs,
    regions,
    volumes,
)
from provision.local.world.apps import App
from provision.local.world.behaviour import Behaviour, as_told, expected
from provision.local.world.checks import Check
from provision.local.world.events import Event
from provision.local.world.faults import Mark, marked
from provision.local.world.later import json
from provision.local.world.leases import Lease
from provision.local.world.life import MachineState, Script
from provision.local.world.machine import COLUMNS, Config, Machine, from_row
from provision.local.world.refusals import Invalid, MachineNotFound, Precondition
from provision.local.world.store import World


def list_(world: World, app: str) -> tuple[Machine, ...]:
    """
    Return the machines of *app* that are not destroyed, the oldest first.

    Raises:
        AppNotFound: There is no such app.
    """
    owner = apps.show(world, app)
    now = world.clock.now()
    sql = f"SELECT {COLUMNS} FROM machines WHERE app = ? ORDER BY number"  # noqa: S608
    found = (from_row(owner, row, now) for row in world.rows(sql, owner.number))
    return tuple(each for each in found if each.state != MachineState.DESTROYED and not each.hidden)


def show(world: World, app: str, machine: str) -> Machine:
    """
    Return a machine of *app*; a destroyed one can still be asked for.

    Raises:
        AppNotFound: There is no such app.
        MachineNotFound: It has no such machine.
    """
    owner = apps.show(world, app)
    sql = f"SELECT {COLUMNS} FROM machines WHERE app = ? AND id = ?"  # noqa: S608
    row = world.row(sql, owner.number, machine)
    if row is None:
        raise MachineNotFound
    return from_row(owner, row, world.clock.now())


def find(world: World, machine: str) -> Machine:
    """
    Return a machine by its id alone.

    Raises:
        MachineNotFound: There is none in any app of the viewer.
    """
    sql = "SELECT apps.name FROM machines JOIN apps ON apps.number = machines.app WHERE id = ?"
    app = world.value(sql, machine)
    if app is None:
        raise MachineNotFound
    return show(world, app, machine)


def create(
    world: World,
    app: str,
    config: Config,
    *,
    region: str,
    name: str = "",
    skip_launch: bool = False,
    skip_service_registration: bool = False,
    lease_seconds: int = 0,
) -> tuple[Machine, Lease | None]:
    """
    Create a machine, and start it unless told not to.

    Args:
        world: The world.
        app: Its name.
        config: How the machine is configured; names its image and its volume.
        region: Where it shall be; "" for where its volume is, or for the nearest one.
        name: What it is called; "" for a name of Fly's choice.
        skip_launch: Only create it.
        skip_service_registration: Cordon it from the beginning.
        lease_seconds: Lease it at once for so long; 0 for no lease.

    Raises:
        AppNotFound: There is no such app.
        Refusal: The configuration cannot be, or its volume cannot be had.
    """
    with world.transaction():
        owner = apps.show(world, app)
        if marked(world, Mark.ONE_MACHINE_MORE, app):
            _add(world, owner, config, region, launched=not skip_launch, cordoned=False)
        hidden = marked(world, Mark.ONE_MACHINE_LESS, app) is not None
        machine = _add(
            world,
            owner,
            config,
            region,
            launched=not skip_launch,
            cordoned=skip_service_registration,
        )
        world.execute("UPDATE machines SET hidden = ? WHERE id = ?", hidden, machine)
        if name:
            world.execute("UPDATE machines SET name = ? WHERE id = ?", name, machine)
        lease = leases.acquire(world, machine, seconds=lease_seconds) if lease_seconds else None
        return show(world, app, machine), lease


def update(
    world: World,
    app: str,
    machine: str,
    config: Config,
    *,
    nonce: str = "",
    skip_launch: bool = False,
) -> Machine:
    """
    Configure a machine anew; it is replaced by a new instance, in place.

    Args:
        world: The world.
        app: Its name.
        machine: Its id.
        config: How it is configured from now on.
        nonce: Proves its lease.
        skip_launch: Leave it in the state it is in.

    Raises:
        MachineNotFound: There is none.
        LeaseHeld: Somebody else has its lease.
        Refusal: The configuration cannot be.
    """
    with world.transaction():
        before = show(world, app, machine)
        if before.state in life.GONE:
            raise Precondition(f"machine {machine} is {before.state}")
        leases.check(world, machine, nonce)
        config = as_told(world, app, config, before=before.config)
        behaviour = _checked(world, app, config)
        mounted = volumes.mounted(world, before.app, config)
        sql = (
            "UPDATE machines SET instance_id = ?, image = ?, config = ?, healthy = ?, listens = ?, "
            "host_status = ?, updated = 1 WHERE id = ?"
        )
        world.execute(
            sql,
            identity.ulid(world),
            config["image"],
            json.dumps(volumes.told(config, mounted)),
            behaviour.healthy,
            behaviour.listens,
            behaviour.host_status,
            machine,
        )
        for volume in mounted:
            volumes.attach(world, volume, machine=machine, region=before.region)
        exits = [each.exit for each in events_of(world, before) if each.exit]
        restarting = bool(exits) and exits[0].restarting
        script = life.updated(behaviour, machine, started=not skip_launch, restarting=restarting)
        play(world, before, script)
        return show(world, app, machine)


def play(world: World, machine: Machine, script: Script) -> None:
    """Let *script* happen to a machine from now on, in place of all that was to come."""
    now = world.clock.now()
    if machine.config.get("auto_destroy"):
        ends = [each.after_ms for each in script if each.event == "exit"]
        script = (
            [*script, *life.destroyed(ends[-1] + life.DESTROYING_MS, "flyd")] if ends else script
        )
    phases = [(machine.updated_at, machine.state)]
    phases += [(now + each.after_ms, each.state) for each in script if each.state]
    phases = [each for each in phases if each[1]]
    sql = "UPDATE machines SET life = ?, ends = ? WHERE id = ?"
    world.execute(sql, json.dumps(phases), phases[-1][1], machine.id)
    events.write(world, machine.id, script, begins=now)
    logs.write(world, machine.app.number, machine.id, machine.region, script, begins=now)


def events_of(world: World, machine: Machine) -> tuple[Event, ...]:
    """Return what happened to a machine so far, the newest first."""
    return events.list_(world, machine.id)


def checks_of(world: World, machine: Machine) -> tuple[Check, ...]:
    """Return what the checks of a machine say now."""
    is_up = machine.state == MachineState.STARTED
    return checks.results(
        machine.config,
        now=world.clock.now(),
        started_at=machine.updated_at if is_up else None,
        healthy=machine.healthy,
        known=machine.updated,
    )


def _add(
    world: World, owner: App, config: Config, region: str, *, launched: bool, cordoned: bool
) -> str:
    mounted = volumes.mounted(world, owner, config)
    region = regions.chosen(region or (mounted[0].region if mounted else ""))
    behaviour = _checked(world, owner.name, config)
    number = world.count("machines")
    machine = identity.machine_id(number)
    now = world.clock.now()
    world.insert(
        "machines",
        app=owner.number,
        id=machine,
        name=identity.machine_name(number),
        region=region,
        instance_id=identity.ulid(world),
        private_ip=identity.private_ip(owner.network_number, number),
        image=config["image"],
        config=json.dumps(volumes.told(config, mounted)),
        life=json.dumps([(now, MachineState.CREATED)]),
        ends=MachineState.CREATED,
        healthy=behaviour.healthy,
        listens=behaviour.listens,
        host_status=behaviour.host_status,
        cordoned=cordoned,
        created_at=now,
    )
    for volume in mounted:
        volumes.attach(world, volume, machine=machine, region=region)
    added = show(world, owner.name, machine)
    play(world, added, life.launched(behaviour, machine, started=launched))
    return machine


def _checked(world: World, app: str, config: Config) -> Behaviour:
    if not config.get("image"):
        raise Invalid("config.image can't be blank")
    return expected(world, app, config)
