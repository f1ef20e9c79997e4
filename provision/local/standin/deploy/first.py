"""What only a first deploy does: addresses and volumes for an app that has none."""

from __future__ import annotations

from provision.local.standin.appconfig import services, sizes
from provision.local.standin.appconfig.guests import guest
from provision.local.standin.deploy.plan import Plan
from provision.local.standin.deploy.settings import Addresses
from provision.local.standin.failure import Failure, within
from provision.local.standin.requests import addresses, volumes
from provision.local.world.addresses import AddressType

REMEDY = "Failed to provision IP addresses. Use `fly ips` commands to remediate it. ERROR: "
DETECTED = "after detecting first deploy and presence of services"


def provision(plan: Plan) -> None:
    """
    Give the app what a first deploy gives; that it gets no address is only told.

    Raises:
        Failure: A volume cannot be had.
    """
    try:
        _addresses(plan)
    except Failure as failure:
        plan.session.note(f"{REMEDY}{failure.message}", end="")
    if plan.is_first:
        _volumes(plan)


def _addresses(plan: Plan) -> None:
    wanted = plan.settings.addresses
    if not plan.is_first or not services.all_services(plan.config) or wanted == Addresses.NONE:
        return
    app = plan.app.name
    try:
        present = addresses.assigned(plan.api, app)
    except Failure as failure:
        raise within(f"error detecting ip addresses allocated to {app} app", failure) from None
    if present:
        return
    if wanted == Addresses.PRIVATE:
        _private(plan)
    elif not services.needs_dedicated_address(plan.config):
        _shared(plan)
    # Dedicated addresses are only given to who says yes, and nobody is there to.
    plan.session.say()


def _private(plan: Plan) -> None:
    plan.session.say(f"Provisioning ip address for {plan.app.name}")
    given = _assign(plan, AddressType.PRIVATE_V6, "ipv6")
    plan.session.say(f"  Private ipv6: {given}")


def _shared(plan: Plan) -> None:
    plan.session.say(f"Provisioning ips for {plan.app.name}")
    given = _assign(plan, AddressType.V6, "ipv6")
    plan.session.say(f"  Dedicated ipv6: {given}")
    given = _assign(plan, AddressType.SHARED_V4, "shared ipv4")
    plan.session.say(f"  Shared ipv4: {given}")
    plan.session.say("  Add a dedicated ipv4 with: fly ips allocate-v4")


def _assign(plan: Plan, kind: AddressType, name: str) -> str:
    organization = plan.app.organization.slug
    try:
        return addresses.assign(plan.api, plan.app.name, kind, organization).address
    except Failure as failure:
        raise within(f"error allocating {name} {DETECTED}", failure) from None


def _volumes(plan: Plan) -> None:
    spare = {name: len(found) for name, found in plan.spares.items()}
    for group in plan.config.groups:
        for mount in plan.config.of_group("mounts", group):
            name = mount.get("source", "")
            if spare.get(name, 0):
                spare[name] -= 1
            else:
                _create_volume(plan, group, name, mount)


def _create_volume(plan: Plan, group: str, name: str, mount: dict[str, str]) -> None:
    gpu = (guest(plan.config, group) or {}).get("gpu_kind")
    size = plan.settings.volume_gb or (100 if gpu else 1)
    if mount.get("initial_size"):
        size = sizes.volume_gb(mount["initial_size"])
    plan.session.say(
        f"Creating a {size} GB volume named '{name}' for process group '{group}'. "
        "Use 'fly vol extend' to increase its size"
    )
    region = plan.config.primary_region
    try:
        volume = volumes.create(plan.api, plan.app.name, name, region=region, size_gb=size)
    except Failure as failure:
        raise within("failed to provision seed volumes", failure) from None
    plan.spares.setdefault(name, []).append(volume)
