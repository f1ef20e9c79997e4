"""`fly scale count`."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from provision.local.standin.appconfig import sizes
from provision.local.standin.appconfig.config import AppConfig
from provision.local.standin.appconfig.machine import machine_config
from provision.local.standin.commands.version import VERSION
from provision.local.standin.deploy.settings import guest, pairs
from provision.local.standin.failure import Failure, not_interactive
from provision.local.standin.grammar import (
    ENV,
    OF_APP,
    REGION,
    VM_SIZE,
    YES,
    Command,
    Effect,
    Flag,
)
from provision.local.standin.requests import actions, addresses, machines, releases, volumes
from provision.local.standin.requests.definition import remote_config
from provision.local.standin.selection import leased
from provision.local.standin.session import Session
from provision.local.standin.target import app_name
from provision.local.world.machine import Machine
from provision.local.world.releases import Release, ReleaseStatus
from provision.local.world.volumes import Volume

NO_RELEASE = (
    "this app has no complete releases. Run `fly deploy` to create one and rerun this command"
)
TOO_FEW_REGIONS = (
    "the number of regions by the maximum machines per region is fewer than the expected total"
)
DONE = "App already scaled to desired state. No need for changes"


class Step(NamedTuple):
    """
    How many machines of a group come or go in a region.

    Attributes:
        group: The group.
        region: The region.
        delta: How many come, or go if it is negative.
        machines: Those that are there.
        config: What new ones are.
    """

    group: str
    region: str
    delta: int
    machines: list[Machine]
    config: dict[str, Any]

    @property
    def size(self) -> str:
        """The name of the machines' size."""
        config = self.machines[0].config if self.delta < 0 else self.config
        return sizes.name(config.get("guest") or {})


def _count(session: Session) -> None:
    app = app_name(session)
    config = remote_config(session, app)
    wanted = _wanted(session, config)
    found = machines.of_app(session.api, app)
    complete = releases.list_(session.api, app, limit=1, status=ReleaseStatus.COMPLETE)
    if not complete:
        raise Failure(NO_RELEASE)
    present = volumes.list_(session.api, app)
    steps = _steps(session, config, wanted, found, complete[0])
    if not steps:
        session.say(DONE)
        return
    session.say(f"App '{app}' is going to be scaled according to this plan:")
    for step in steps:
        session.say(
            f"{step.delta:+4d} machines for group '{step.group}' on region '{step.region}' of "
            f"size '{step.size}'"
        )
    if not session.is_on("yes"):
        raise not_interactive("--yes flag")
    with leased(session, list(found)) as nonces:
        session.say("Executing scale plan")
        for step in steps:
            _execute(session, app, step, nonces, present)
        addresses.egress(session.api, app)


def _wanted(session: Session, config: AppConfig) -> dict[str, str]:
    default = session.flag("process-group") or "app"
    arguments = session.arguments
    if len(arguments) == 1 and re.fullmatch(r"[-+]?[0-9]+", arguments[0]):
        wanted = {default: arguments[0]}
    else:
        wanted = dict(_pair(each) for each in arguments)
    unknown = [name for name in wanted if name not in config.groups]
    if unknown:
        raise Failure(
            f"Attempting to scale unknown process groups [{' '.join(unknown)}] but valid names "
            f"are [{' '.join(config.groups)}].\n"
            " Use `fly scale count COUNT --process-group=NAME` \n"
            " or multi group syntax `fly scale count NAME1=COUNT1 NAME2=COUNT2 ...`"
        )
    return wanted


def _pair(text: str) -> tuple[str, str]:
    parts = text.split("=")
    if len(parts) != 2:  # noqa: PLR2004 - name and count
        raise Failure(f"'{text}' is not a valid process=count option")
    if not re.fullmatch(r"[-+]?[0-9]+", parts[1]):
        raise Failure(f'strconv.Atoi: parsing "{parts[1]}": invalid syntax')
    return parts[0], parts[1]


def _steps(
    session: Session,
    config: AppConfig,
    wanted: dict[str, str],
    found: tuple[Machine, ...],
    release: Release,
) -> list[Step]:
    regions = session.flag("region").split(",") if session.flag("region") else []
    regions = regions or list(dict.fromkeys(each.region for each in found))
    regions = regions or [config.primary_region]
    env = pairs(session.all("env"), "failed parsing environment")
    steps = []
    for group in sorted(wanted):
        own = [each for each in found if machines.group(each) == group]
        made = _config(session, config, group, own, release)
        made = made | {"env": dict(sorted({**made.get("env", {}), **env}.items()))}
        count = _absolute(wanted[group], len(own))
        for region, delta in _spread(session, count, own, regions).items():
            there = [each for each in own if each.region == region]
            if delta:
                steps.append(Step(group, region, delta, there, made))
    return steps


def _absolute(text: str, present: int) -> int:
    return max(0, present + int(text)) if text[0] in "+-" else int(text)


def _spread(session: Session, count: int, own: list[Machine], regions: list[str]) -> dict[str, int]:
    most = session.number("max-per-region")
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


def _config(
    session: Session, config: AppConfig, group: str, own: list[Machine], release: Release
) -> dict[str, Any]:
    if own:
        made = {key: value for key, value in own[0].config.items() if key != "standbys"}
        env = {key: value for key, value in made["env"].items() if key != "FLY_STANDBY_FOR"}
        return made | {"env": env}
    made = machine_config(config, group, version=VERSION, files=[], before={})
    made.setdefault("guest", guest(session))
    stamp = {"fly_release_id": release.id, "fly_release_version": str(release.version)}
    made["metadata"] = dict(sorted((made["metadata"] | stamp).items()))
    return made | {"image": release.image_ref}


def _execute(
    session: Session, app: str, step: Step, nonces: dict[str, str], present: tuple[Volume, ...]
) -> None:
    where = f"group:{step.group} region:{step.region} size:{step.size}"
    for machine in step.machines[: max(0, -step.delta)]:
        actions.destroy(session.api, machine, nonces.get(machine.id, ""))
        session.say(f"  Destroyed {machine.id} {where}")
    spares = [each for each in present if each.machine is None and each.region == step.region]
    for _ in range(max(0, step.delta)):
        config = step.config
        if config.get("mounts"):
            config = _mounted(session, app, step, spares)
        machine, _ = machines.create(session.api, app, config, step.region)
        volume = f" volume:{config['mounts'][0]['volume']}" if config.get("mounts") else ""
        session.say(f"  Created {machine.id} {where}{volume}")


def _mounted(session: Session, app: str, step: Step, spares: list[Volume]) -> dict[str, Any]:
    mount = step.config["mounts"][0]
    own = [each for each in spares if each.name == mount["name"]]
    if own and not session.is_on("with-new-volumes"):
        volume = own[0]
        spares.remove(volume)
    else:
        size = mount.get("size_gb") or 1
        name, region = mount["name"], step.region
        session.say(f"  Creating volume {name} region:{region} size:{size}GiB")
        volume = volumes.create(session.api, app, name, region=region, size_gb=size)
    return step.config | {"mounts": [mount | {"volume": volume.id}]}


COMMAND = Command(
    "count",
    _count,
    (
        *OF_APP,
        ENV,
        REGION,
        YES,
        *VM_SIZE,
        Flag("from-snapshot", "", "string", effect=Effect.NONE),
        Flag("max-per-region", "", "int", "-1"),
        Flag("process-group", "g", "string"),
        Flag("with-new-volumes"),
    ),
    "[count]",
    least=1,
)
