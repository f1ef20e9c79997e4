"""`fly scale count`."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from provision.local.standin.appconfig.config import AppConfig
from provision.local.standin.commands.scale_plan import Present, Step, steps
from provision.local.standin.failure import Failure, not_interactive, together
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
from provision.local.standin.guest import guest
from provision.local.standin.requests import actions, addresses, machines, releases, volumes
from provision.local.standin.requests.definition import remote_config
from provision.local.standin.selection import leased
from provision.local.standin.session import Session
from provision.local.standin.target import app_name
from provision.local.world.later import re
from provision.local.world.machine import Config, Machine
from provision.local.world.volumes import Volume

NO_RELEASE = (
    "this app has no complete releases. Run `fly deploy` to create one and rerun this command"
)
DONE = "App already scaled to desired state. No need for changes"
NUMBER, NOTHING = re.compile(r"[-+]?[0-9]+"), re.compile(r"[-+]0+")


def _count(session: Session) -> None:
    app = app_name(session)
    config = remote_config(session, app)
    wanted = _wanted(session, config)
    # The others, on hosts that cannot be reached, do not tell their configuration.
    found = tuple(each for each in machines.of_app(session.api, app) if each.host_status == "ok")
    # flyctl wants a complete one, and asks in such a way that any will do.
    newest = releases.list_(session.api, app, limit=1)
    if not newest:
        raise Failure(NO_RELEASE)
    disks = volumes.list_(session.api, app)
    present = Present(config, found, disks, newest[0], guest(session))
    planned = steps(session, wanted, present)
    if not planned:
        session.say(DONE)
        return
    session.say(f"App '{app}' is going to be scaled according to this plan:")
    for step in planned:
        session.say("\n".join(step.lines))
    if not session.is_on("yes"):
        raise not_interactive("--yes flag")
    with leased(session, list(found)) as nonces:
        session.say("Executing scale plan")
        failures = [each for step in planned for each in _execute(session, app, step, nonces)]
        if failures:
            raise together(failures)
        addresses.egress(session.api, app)


def _wanted(session: Session, config: AppConfig) -> dict[str, str]:
    default = session.flag("process-group") or "app"
    arguments = session.arguments
    number = NUMBER.fullmatch(arguments[0])
    if len(arguments) == 1 and number and not NOTHING.fullmatch(arguments[0]):
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
    if not NUMBER.fullmatch(parts[1]):
        raise Failure(f'strconv.Atoi: parsing "{parts[1]}": invalid syntax')
    if NOTHING.fullmatch(parts[1]):
        raise Failure(f"invalid relative scale count: {parts[1]}")
    return parts[0], parts[1]


def _execute(session: Session, app: str, step: Step, nonces: dict[str, str]) -> Iterator[Failure]:
    """Do all of *step*, whatever of it fails: flyctl does it at once."""
    surplus, spares = step.machines[: max(0, -step.delta)], list(step.volumes)
    doing = [partial(_destroy, session, step, each, nonces.get(each.id, "")) for each in surplus]
    doing += [partial(_create, session, app, step, spares)] * step.delta
    for do in doing:
        try:
            do()
        except Failure as failure:
            yield failure


def _destroy(session: Session, step: Step, machine: Machine, nonce: str) -> None:
    actions.destroy(session.api, machine, nonce)
    session.say(f"  Destroyed {machine.id} {_where(step)}")


def _create(session: Session, app: str, step: Step, spares: list[Volume]) -> None:
    config = step.config
    if config.get("mounts"):
        config = _mounted(session, app, step, spares)
    machine, _ = machines.create(session.api, app, config, step.region)
    volume = f" volume:{config['mounts'][0]['volume']}" if config.get("mounts") else ""
    session.say(f"  Created {machine.id} {_where(step)}{volume}")


def _where(step: Step) -> str:
    return f"group:{step.group} region:{step.region} size:{step.size}"


def _mounted(session: Session, app: str, step: Step, spares: list[Volume]) -> Config:
    mount = step.config["mounts"][0]
    if spares:
        return step.config | {"mounts": [mount | {"volume": spares.pop(0).id}]}
    size, name, region = mount["size_gb"], mount["name"], step.region
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
        Flag("from-snapshot", "", "string", effect=Effect.MISSING),
        Flag("max-per-region", "", "int", "-1"),
        Flag("process-group", "g", "string"),
        Flag("with-new-volumes"),
    ),
    "[count]",
    least=1,
)
