"""Routes of the Machines API that list, make, change and destroy machines."""

from __future__ import annotations

from typing import Any

from provision.local.api.asked import Asked
from provision.local.api.flaps.machine_config import checked
from provision.local.api.route import Route
from provision.local.api.shapes.machines import REACHABLE, machine_json
from provision.local.world import World, actions, machines
from provision.local.world.machine import Config, Machine
from provision.local.world.operations import Operation
from provision.local.world.record import Record


class Launch(Record):
    """
    The body of a creation or an update.

    Attributes:
        config: How the machine is configured; kept as it is.
        region: Where it shall be; "" for wherever.
        name: What it is called; "" for a name of Fly's choice.
        skip_launch: Do not start it.
        skip_service_registration: Keep the proxy from it.
        skip_secrets: Without the app's secrets; the local Fly gives a machine none anyhow.
        min_secrets_version: The version the secrets have at least; here they always do.
        lease_ttl: Seconds of the lease that comes with it; 0 for none.
    """

    config: Config
    region: str = ""
    name: str = ""
    skip_launch: bool = False
    skip_service_registration: bool = False
    skip_secrets: bool = False
    min_secrets_version: int | None = None
    lease_ttl: int = 0


def list_(world: World, asked: Asked) -> list[dict[str, Any]]:
    """Return the machines of an app, without their nonces."""
    return [_shown(world, each) for each in machines.list_(world, asked.path["app"])]


def create(world: World, asked: Asked) -> dict[str, Any]:
    """Create a machine; return it, with a nonce if a lease was asked for."""
    launch = asked.body(Launch)
    machine, lease = machines.create(
        world,
        asked.path["app"],
        checked(launch.config),
        region=launch.region,
        name=launch.name,
        skip_launch=launch.skip_launch,
        skip_service_registration=launch.skip_service_registration,
        lease_seconds=launch.lease_ttl,
    )
    return _made(world, machine, nonce=lease.nonce if lease else "")


def show(world: World, asked: Asked) -> dict[str, Any]:
    """Return a machine, also for a while after it was destroyed."""
    return _shown(world, machines.show(world, asked.path["app"], asked.path["machine"]))


def update(world: World, asked: Asked) -> dict[str, Any]:
    """Configure a machine anew; return it, in transition."""
    launch = asked.body(Launch)
    machine = machines.update(
        world,
        asked.path["app"],
        asked.path["machine"],
        checked(launch.config),
        nonce=asked.nonce,
        skip_launch=launch.skip_launch,
    )
    return _made(world, machine)


def destroy(world: World, asked: Asked) -> dict[str, Any]:
    """Destroy a machine."""
    kill = asked.flag("kill") or asked.flag("force")
    app, machine = asked.path["app"], asked.path["machine"]
    actions.destroy(world, app, machine, kill=kill, nonce=asked.nonce)
    return {"ok": True}


def _shown(world: World, found: Machine, *, nonce: str = "") -> dict[str, Any]:
    events = machines.events_of(world, found)
    return machine_json(found, events, machines.checks_of(world, found), nonce=nonce)


def _made(world: World, found: Machine, *, nonce: str = "") -> dict[str, Any]:
    # Its host made it just now, so it could be reached, whatever is said of it from now on.
    return _shown(world, found._replace(host_status=REACHABLE), nonce=nonce)


_ALL, _ONE = "/v1/apps/{app}/machines", "/v1/apps/{app}/machines/{machine}"

ROUTES = (
    Route(f"GET {_ALL}", Operation.MACHINES_LIST, list_),
    Route(f"POST {_ALL}", Operation.MACHINES_CREATE, create),
    Route(f"GET {_ONE}", Operation.MACHINES_SHOW, show),
    Route(f"POST {_ONE}", Operation.MACHINES_UPDATE, update),
    Route(f"DELETE {_ONE}", Operation.MACHINES_DESTROY, destroy),
)
