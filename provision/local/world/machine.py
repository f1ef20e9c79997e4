"""A machine as it is at one moment, read from what is kept of it."""

from __future__ import annotations

from provision.local.world.apps import App
from provision.local.world.hints import Any
from provision.local.world.later import json
from provision.local.world.record import Record
from provision.local.world.references import ImageRef, parse

Config = dict[str, Any]
"""A machine's configuration: whatever was posted, kept as it is."""


class Machine(Record):
    """
    A machine, as it is at one moment.

    Attributes:
        number: Counts machines.
        id: 14 hexadecimal digits.
        app: The app it belongs to.
        name: Two words and a number.
        region: Where it is.
        instance_id: A ULID, another one after each update.
        private_ip: Its 6PN address.
        image: What it runs.
        config: How it was configured.
        state: A `MachineState`, or what a fault says.
        phases: When it enters which state, from the present one on.
        healthy: Whether its checks will pass.
        listens: Whether it listens where its services say.
        updated: Whether it was ever updated.
        host_status: What its host says.
        cordoned: Whether the proxy leaves it alone.
        hidden: Whether lists leave it out, though it can be asked for.
        created_at: Milliseconds since 1970.
        updated_at: When it entered its state.
    """

    number: int
    id: str
    app: App
    name: str
    region: str
    instance_id: str
    private_ip: str
    image: ImageRef
    config: Config
    state: str
    phases: list[tuple[int, str]]
    healthy: bool
    listens: bool
    updated: bool
    host_status: str
    cordoned: bool
    hidden: bool
    created_at: int
    updated_at: int


COLUMNS = (
    "number, id, name, region, instance_id, private_ip, image, config, life, healthy, listens, "
    "updated, host_status, cordoned, hidden, created_at"
)
"""The columns that `from_row` reads, in its order."""


def from_row(owner: App, row: list[Any], now: int) -> Machine:
    """Return the machine of *owner* kept in *row*, as it is at *now*."""
    phases = [(int(at), str(state)) for at, state in json.loads(row[8])]
    present = max((index for index, (at, _) in enumerate(phases) if at <= now), default=0)
    return Machine(
        number=row[0],
        id=row[1],
        app=owner,
        name=row[2],
        region=row[3],
        instance_id=row[4],
        private_ip=row[5],
        image=parse(row[6]),
        config=json.loads(row[7]),
        state=phases[present][1],
        phases=phases[present:],
        healthy=bool(row[9]),
        listens=bool(row[10]),
        updated=bool(row[11]),
        host_status=row[12],
        cordoned=bool(row[13]),
        hidden=bool(row[14]),
        created_at=row[15],
        updated_at=phases[present][0],
    )
