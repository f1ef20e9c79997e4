"""Requests about machines and their leases."""

from __future__ import annotations

from provision.local.standin.api import Api
from provision.local.standin.failure import Failure
from provision.local.world import machines
from provision.local.world.leases import Lease
from provision.local.world.life import GONE
from provision.local.world.machine import Config, Machine
from provision.local.world.operations import Operation

CONSOLE_GROUP = "fly_app_console"
RELEASE_COMMAND_GROUP = "fly_app_release_command"
SPECIAL = {RELEASE_COMMAND_GROUP, CONSOLE_GROUP}
"""Groups of machines that come and go beside an app."""
NOT_FOUND = 404
LIST_TRIES, LIST_PAUSE_SECONDS = 5, 0.02
FIND = (
    "query ($machineId: String!) { gqlmachine:machine(machineId: $machineId) { id name app { name "
    "organization { id slug } } } }"
)


def list_(api: Api, app: str, *, failing: str = "failed to list VMs") -> tuple[Machine, ...]:
    """Return the machines of *app*, whatever they are for."""
    request = f"GET /v1/apps/{app}/machines"
    return api.flaps(
        Operation.MACHINES_LIST,
        request,
        lambda: machines.list_(api.world, app),
        app=app,
        failing=failing,
    )


def active(
    api: Api, app: str, *, failing: str = "failed to list active VMs"
) -> tuple[Machine, ...]:
    """Return the machines of *app* that are not on their way out, and serve it."""
    found = list_(api, app, failing=failing)
    return tuple(each for each in found if each.state not in GONE and group(each) not in SPECIAL)


def of_app(api: Api, app: str) -> tuple[Machine, ...]:
    """
    Return the machines that deploys made, without release commands and consoles.

    An app that cannot be found is asked for again: it may be too new.
    """
    failing = "failed to list VMs even after retries"
    for again in range(LIST_TRIES - 1, -1, -1):
        try:
            found = active(api, app, failing=failing)
        except Failure as failure:
            if failure.status != NOT_FOUND or not again:
                raise
            api.world.clock.sleep(LIST_PAUSE_SECONDS)
        else:
            return tuple(each for each in found if is_deployed(each))
    raise AssertionError


def is_deployed(machine: Machine) -> bool:
    """Return whether a deploy made *machine*."""
    return metadata(machine).get("fly_platform_version") == "v2"


def group(machine: Machine) -> str:
    """Return the process group of *machine*, or ""."""
    return metadata(machine).get("fly_process_group", "")


def metadata(machine: Machine) -> dict[str, str]:
    """Return the metadata of *machine*."""
    found: dict[str, str] = machine.config.get("metadata") or {}
    return found


def label(machine: Machine) -> str:
    """Return the id of *machine*, with its group as flyctl shows it."""
    name = group(machine)
    return machine.id if name in {"", *SPECIAL} else f"{machine.id} [{name}]"


def show(api: Api, app: str, machine: str) -> Machine:
    """Return a machine."""
    request = f"GET /v1/apps/{app}/machines/{machine}"
    return api.flaps(
        Operation.MACHINES_SHOW,
        request,
        lambda: machines.show(api.world, app, machine),
        app=app,
        failing=f"failed to get VM {machine}",
    )


def find(api: Api, machine: str) -> Machine:
    """Return a machine by its id alone."""
    return api.graphql(Operation.MACHINES_SHOW, FIND, lambda: machines.find(api.world, machine))


def create(
    api: Api,
    app: str,
    config: Config,
    region: str,
    *,
    skip_launch: bool = False,
    skip_service_registration: bool = False,
    lease_seconds: int = 0,
) -> tuple[Machine, Lease | None]:
    """Create a machine."""
    return api.flaps(
        Operation.MACHINES_CREATE,
        f"POST /v1/apps/{app}/machines",
        lambda: machines.create(
            api.world,
            app,
            config,
            region=region,
            skip_launch=skip_launch,
            skip_service_registration=skip_service_registration,
            lease_seconds=lease_seconds,
        ),
        app=app,
        failing="failed to launch VM",
    )


def update(api: Api, machine: Machine, config: Config, *, nonce: str, skip_launch: bool) -> Machine:
    """Configure a machine anew."""
    app = machine.app.name
    return api.flaps(
        Operation.MACHINES_UPDATE,
        f"POST /v1/apps/{app}/machines/{machine.id}",
        lambda: machines.update(
            api.world, app, machine.id, config, nonce=nonce, skip_launch=skip_launch
        ),
        app=app,
        failing=f"failed to update VM {machine.id}",
    )
