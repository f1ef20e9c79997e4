"""What a machine will do, as its image, its command and the faults of the world decide."""

from __future__ import annotations

from provision.local.world.faults import Mark, marked
from provision.local.world.hints import Any
from provision.local.world.later import re
from provision.local.world.record import Record
from provision.local.world.references import parse
from provision.local.world.store import World

RELEASE_COMMAND_GROUP = "fly_app_release_command"
OUT_OF_MEMORY = 137


class Behaviour(Record):
    """
    What a machine does once it is launched.

    Attributes:
        start_ms: Milliseconds from ``starting`` to ``started``.
        crashes: The exit code it keeps crashing with, or None.
        oom: Whether it crashes for want of memory.
        exits_ms: Milliseconds after which its process ends by itself, or None.
        exit_code: What its process ends with.
        healthy: Whether its checks pass.
        stays: A state it never leaves, or "".
        listens: Whether it listens where its services say.
        host_status: What its host says.
    """

    start_ms: int = 60
    crashes: int | None = None
    oom: bool = False
    exits_ms: int | None = None
    exit_code: int = 0
    healthy: bool = True
    stays: str = ""
    listens: bool = True
    host_status: str = "ok"


def expected(world: World, app: str, config: dict[str, Any]) -> Behaviour:
    """
    Return what a machine of *app* with *config* does.

    A tag with the word ``crash``, ``oom``, ``unhealthy`` or ``slow`` says so, ``nginx:crash`` for
    example; a release command with the word ``fail`` fails; marks say the same from outside.
    """
    words = set(re.split(r"[-._]", parse(config.get("image", "")).tag))
    behaviour = Behaviour(
        start_ms=3000 if "slow" in words else 60,
        crashes=1 if "crash" in words else None,
        healthy="unhealthy" not in words,
    )
    if "oom" in words:
        behaviour = behaviour._replace(oom=True, crashes=OUT_OF_MEMORY)
    if group(config) == RELEASE_COMMAND_GROUP:
        return _release_command(world, app, config)
    return _behaving(world, app, behaviour)


def group(config: dict[str, Any]) -> str:
    """Return the process group a machine's configuration names, or ""."""
    metadata: dict[str, str] = config.get("metadata") or {}
    return metadata.get("fly_process_group", "")


def as_told(
    world: World, app: str, config: dict[str, Any], *, before: dict[str, Any]
) -> dict[str, Any]:
    """Return the configuration that a machine really gets in an update, as faults decide."""
    if marked(world, Mark.DEPLOY_LIES, app):
        config = config | {"image": before["image"]}
    changed = marked(world, Mark.CONFIG_CHANGED, app)
    if changed:
        config = config | {"env": {**(config.get("env") or {}), "CHANGED_BY": changed.message}}
    return config


def _release_command(world: World, app: str, config: dict[str, Any]) -> Behaviour:
    told = marked(world, Mark.RELEASE_COMMAND_FAILS, app)
    fails = told or "fail" in ((config.get("init") or {}).get("cmd") or [])
    return Behaviour(exits_ms=150, exit_code=1 if fails else 0)


def _behaving(world: World, app: str, behaviour: Behaviour) -> Behaviour:
    if marked(world, Mark.MACHINE_CRASHES, app):
        behaviour = behaviour._replace(crashes=1)
    if marked(world, Mark.MACHINE_OOM, app):
        behaviour = behaviour._replace(oom=True, crashes=OUT_OF_MEMORY)
    if marked(world, Mark.MACHINE_UNHEALTHY, app):
        behaviour = behaviour._replace(healthy=False)
    if marked(world, Mark.MACHINE_LISTENS_ELSEWHERE, app):
        behaviour = behaviour._replace(listens=False)
    if marked(world, Mark.HOST_UNREACHABLE, app):
        behaviour = behaviour._replace(host_status="unreachable")
    later = marked(world, Mark.MACHINE_DIES_LATER, app)
    if later:
        behaviour = behaviour._replace(exits_ms=int(later.seconds * 1000), exit_code=1)
    stays = marked(world, Mark.MACHINE_STAYS, app)
    return behaviour._replace(stays=stays.message) if stays else behaviour
