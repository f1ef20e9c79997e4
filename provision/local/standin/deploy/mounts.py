"""Whether the volumes that exist fit the mounts that are asked for."""

from __future__ import annotations

from collections import Counter

from provision.local.standin.appconfig.casts import Document
from provision.local.standin.deploy.plan import Plan
from provision.local.standin.failure import Failure, not_interactive
from provision.local.world.machine import Machine


def check(plan: Plan) -> None:
    """
    Make sure that every machine can have its volume.

    Raises:
        Failure: One cannot, or would lose the one it has, which flyctl asks about.

    Source: flyctl internal/command/deploy/machines.go
    """
    for group in plan.groups:
        mounts = plan.config.of_group("mounts", group)
        present = plan.in_group(group)
        if present:
            _check_present(plan, group, mounts, present)
        else:
            _check_new(plan, group, mounts)


def _check_new(plan: Plan, group: str, mounts: list[Document]) -> None:
    for mount in mounts:
        name = mount.get("source", "")
        if not plan.spares.get(name):
            raise Failure(
                f"creating a new machine in group '{group}' requires an unattached '{name}' "
                f"volume. Create it with `fly volume create {name}`"
            )


def _check_present(plan: Plan, group: str, mounts: list[Document], present: list[Machine]) -> None:
    name = mounts[0].get("source", "") if mounts else ""
    needed: Counter[str] = Counter()
    for machine in present:
        attached = machine.config.get("mounts") or []
        if attached and not mounts:
            plan.session.note(
                f"Warning! machine {machine.id} [{group}] has a volume mounted but app config does "
                "not specify a volume.\nThis usually indicates a misconfiguration."
            )
            raise not_interactive("yes flag")
        if mounts and not attached:
            needed[machine.region] += 1
        if attached and attached[0].get("name") not in {None, name}:
            raise Failure(
                f"machine {machine.id} [{group}] can't update the attached volume {name} with name "
                f"'{attached[0].get('volume')}' by '{attached[0].get('name')}'"
            )
    needed.subtract(Counter(volume.region for volume in plan.spares.get(name, [])))
    missing = " ".join(f"{region}={count}" for region, count in needed.items() if count > 0)
    if missing:
        raise Failure(
            f"Process group '{group}' needs volumes with name '{name}' to fulfill mounts defined "
            f"in fly.toml; Run `fly volume create {name} -r REGION -n COUNT` for the following "
            f"regions and counts: {missing}"
        )
