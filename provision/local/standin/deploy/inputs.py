"""How machines are to be configured by a deploy: new ones, existing ones, restarted ones."""

from __future__ import annotations

from provision.local.standin.appconfig.casts import Document
from provision.local.standin.appconfig.machine import machine_config, ordered
from provision.local.standin.commands.version import VERSION
from provision.local.standin.deploy.plan import Plan
from provision.local.standin.deploy.progress import warn
from provision.local.standin.failure import Failure
from provision.local.standin.requests import machines
from provision.local.world.machine import Machine
from provision.local.world.record import Record


class Input(Record):
    """
    What a machine shall become.

    Attributes:
        config: Its configuration.
        region: Where it is.
        skip_launch: Whether it shall not be started.
        replaces: Whether it takes another machine to get there.
    """

    config: Document
    region: str
    skip_launch: bool = False
    replaces: bool = False


def for_launch(plan: Plan, group: str, *, standby_for: str = "") -> Input:
    """
    Return how a new machine of *group* is configured.

    Raises:
        Failure: It cannot be, or there is no volume for it.
    """
    config = _configured(plan, group, {})
    config.setdefault("guest", plan.settings.guest)
    config["image"] = plan.image_ref
    region = plan.config.primary_region
    for mount in config.get("mounts", [])[:1]:
        volume = plan.take_volume(mount["name"], region)
        if volume is None:
            raise Failure(
                f"error creating machine configuration: New machine in group '{group}' needs an "
                f"unattached volume named '{mount['name']}' in region '{region}'"
            )
        mount["volume"] = volume.id
        config["mounts"] = [_ordered_mount(mount)]
    if standby_for:
        config["standbys"] = [standby_for]
        config["env"] = dict(sorted((config["env"] | {"FLY_STANDBY_FOR": standby_for}).items()))
    return Input(ordered(plan.stamp(config)), region, skip_launch=bool(standby_for))


def for_update(plan: Plan, machine: Machine) -> Input:
    """
    Return how an existing machine is to be configured.

    Raises:
        Failure: It cannot be.
    """
    group = machines.group(machine)
    config = _configured(plan, group, machine.config)
    config["image"] = plan.image_ref
    replaces = machine.host_status != "ok"
    replaces = _keep_mounts(plan, machine, config) or replaces
    if config.get("services") and config.get("standbys"):
        del config["standbys"]
        config["env"].pop("FLY_STANDBY_FOR", None)
    config = ordered(plan.stamp(config))
    return Input(config, machine.region, _stays_down(machine, config), replaces)


def for_restart(plan: Plan, machine: Machine) -> Input:
    """Return the configuration an existing machine has, for a new release."""
    config = ordered(plan.stamp(dict(machine.config)))
    return Input(config, machine.region, _stays_down(machine, config))


def _configured(plan: Plan, group: str, before: Document) -> Document:
    try:
        return machine_config(plan.config, group, version=VERSION, files=plan.files, before=before)
    except ValueError as error:
        raise Failure(str(error)) from None


def _stays_down(machine: Machine, config: Document) -> bool:
    if machine.state in {"started", "starting", "failed"}:
        return False
    return bool(config.get("standbys")) or True


def _keep_mounts(plan: Plan, machine: Machine, config: Document) -> bool:
    wanted = config.get("mounts", [])
    present = machine.config.get("mounts") or []
    if not wanted:
        return bool(present)
    mount = wanted[0]
    if present and present[0].get("name") == mount["name"]:
        _warn_moved(plan, machine, mount, present[0])
        config["mounts"] = [_ordered_mount(present[0] | mount)]
        return False
    if present:
        warn(
            plan.session,
            f"Machine {machine.id} has volume '{present[0].get('name')}' attached but fly.toml "
            f"have a different name: '{mount['name']}'",
        )
    volume = plan.take_volume(mount["name"], machine.region)
    if volume is None:
        raise Failure(
            f"machine in group '{machines.group(machine)}' needs an unattached volume named "
            f"'{mount['name']}' in region '{machine.region}'"
        )
    config["mounts"] = [_ordered_mount(mount | {"volume": volume.id})]
    return True


def _warn_moved(plan: Plan, machine: Machine, mount: Document, present: Document) -> None:
    if mount.get("path") != present.get("path"):
        warn(
            plan.session,
            f"Updating the mount path for volume {present.get('volume')} on machine {machine.id} "
            f"from {present.get('path')} to {mount.get('path')} due to fly.toml [mounts] "
            "destination value",
        )


def _ordered_mount(mount: Document) -> Document:
    keys = ("path", "volume", "name", "extend_threshold_percent", "add_size_gb", "size_gb_limit")
    return {key: mount[key] for key in keys if key in mount}
