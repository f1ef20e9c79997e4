"""The plan of `fly scale count`: which machines come and go, and with which volumes."""

from __future__ import annotations

from collections.abc import Sequence

from provision.local.standin.appconfig import sizes
from provision.local.standin.appconfig.config import AppConfig
from provision.local.standin.appconfig.machine import machine_config, ordered
from provision.local.standin.commands.version import VERSION
from provision.local.standin.deploy.settings import pairs
from provision.local.standin.failure import Failure
from provision.local.standin.requests import machines
from provision.local.standin.session import Session
from provision.local.world.hints import Any
from provision.local.world.machine import Config, Machine
from provision.local.world.record import Record
from provision.local.world.releases import Release
from provision.local.world.volumes import Volume

TOO_FEW_REGIONS = (
    "the number of regions by the maximum machines per region is fewer than the expected total"
)


class Present(Record):
    """
    What an app has.

    Attributes:
        config: Its configuration.
        machines: Those that deploys made.
        volumes: All of them.
        release: The last complete one.
        guest: What machines get where nothing else tells it.
    """

    config: AppConfig
    machines: tuple[Machine, ...]
    volumes: tuple[Volume, ...]
    release: Release
    guest: dict[str, Any]


class Step(Record):
    """
    How many machines of a group come or go in a region.

    Attributes:
        group: The group.
        region: The region.
        delta: How many come, or go if it is negative.
        machines: Those that are there.
        config: What new ones are.
        volumes: Unattached ones for the first of the new machines.
    """

    group: str
    region: str
    delta: int
    machines: list[Machine]
    config: Config
    volumes: list[Volume]

    @property
    def size(self) -> str:
        """The name of the machines' size."""
        config = self.machines[0].config if self.delta < 0 else self.config
        return sizes.name(config.get("guest") or {})

    @property
    def lines(self) -> list[str]:
        """What it is announced with."""
        where = f"group '{self.group}' on region '{self.region}' of size '{self.size}'"
        lines = [f"{self.delta:+4d} machines for {where}"]
        reused = len(self.volumes)
        made = self.delta - reused if self.config.get("mounts") and self.delta > 0 else 0
        where = f"group '{self.group}' in region '{self.region}'"
        if reused and made > 0:
            lines.append(f"{made:+4d} volumes and {reused} unattached volumes assigned to {where}")
        elif reused:
            lines.append(f"{reused: 4d} unattached volumes to be assigned to {where}")
        elif made > 0:
            lines.append(f"{made:+4d} volumes  for {where}")
        return lines


def steps(session: Session, wanted: dict[str, str], present: Present) -> list[Step]:
    """
    Return what leads from *present* to the *wanted* counts of machines, by group.

    Raises:
        Failure: There are too few regions for so many.
    """
    by_flag = session.flag("region").split(",") if session.flag("region") else []
    regions = by_flag or [each.region for each in present.machines]
    regions = list(dict.fromkeys(regions or [present.config.primary_region]))
    env = pairs(session.all("env"), "failed parsing environment")
    spares = [each for each in present.volumes if each.machine is None]
    if session.is_on("with-new-volumes"):
        spares = []
    planned = []
    for group in sorted(wanted):
        own = [each for each in present.machines if machines.group(each) == group]
        config = _config(group, own, present)
        config = config | {"env": dict(sorted({**config.get("env", {}), **env}.items()))}
        count = _absolute(wanted[group], len(own))
        most = session.number("max-per-region")
        for region, delta in _spread(count, own, regions, most).items():
            if delta:
                there = [each for each in own if each.region == region]
                volumes = _taken(spares, config, region, delta)
                planned.append(Step(group, region, delta, there, config, volumes))
    return planned


def _absolute(text: str, present: int) -> int:
    return max(0, present + int(text)) if text[0] in "+-" else int(text)


def _spread(count: int, own: list[Machine], regions: list[str], most: int) -> dict[str, int]:
    if most >= 0 and len(regions) * most < count:
        raise Failure(TOO_FEW_REGIONS)
    present = {region: sum(each.region == region for each in own) for region in regions}
    planned = {region: min(has, most) if most >= 0 else has for region, has in present.items()}
    index = 0
    while sum(planned.values()) < count:
        region = regions[index % len(regions)]
        planned[region] += most < 0 or planned[region] < most
        index += 1
    index = 1
    while sum(planned.values()) > count:
        region = regions[index % len(regions)]
        planned[region] -= planned[region] > 0
        index += 1
    return {region: planned[region] - present[region] for region in regions}


def _taken(spares: list[Volume], config: Config, region: str, delta: int) -> list[Volume]:
    names = [mount["name"] for mount in config.get("mounts") or []][:1]
    fitting = [each for each in spares if each.region == region and each.name in names]
    taken = fitting[: max(0, delta)]
    for each in taken:
        spares.remove(each)
    return taken


def _config(group: str, own: Sequence[Machine], present: Present) -> Config:
    if own:
        made = {key: value for key, value in own[0].config.items() if key != "standbys"}
        env = {key: value for key, value in made["env"].items() if key != "FLY_STANDBY_FOR"}
        return made | {"env": env}
    made = machine_config(present.config, group, version=VERSION, files=[], before={})
    made.setdefault("guest", _guest(present))
    release = present.release
    stamp = {"fly_release_id": release.id, "fly_release_version": str(release.version)}
    made["metadata"] |= stamp
    return ordered(_sized(made, present.volumes) | {"image": release.image_ref})


def _guest(present: Present) -> dict[str, Any]:
    guests = {
        machines.group(each): each.config["guest"]
        for each in present.machines
        if each.config.get("guest")
    }
    for group in (present.config.default_group, *present.config.groups):
        if group in guests:
            found: dict[str, Any] = guests[group]
            return found
    return present.guest


def _sized(config: Config, volumes: tuple[Volume, ...]) -> Config:
    # The size of a new volume is that of the largest one of the same name.
    if not config.get("mounts"):
        return config
    first, *others = config["mounts"]
    known = [each.size_gb for each in volumes if each.name == first["name"]]
    return config | {"mounts": [{"size_gb": max(known, default=1)} | first, *others]}
