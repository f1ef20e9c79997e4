"""Routes about builds: flyctl keeps a record of how it found an image."""

from __future__ import annotations

from typing import Any

from provision.local.api.asked import Asked
from provision.local.api.route import Route
from provision.local.world import World, builds
from provision.local.world.operations import Operation
from provision.local.world.record import Record
from provision.local.world.refusals import Malformed

COMPLETED, FAILED = "completed", "failed"


class NewBuild(Record):
    """
    The body of a beginning.

    Attributes:
        app_name: Whose image it is.
        builder_type: Who would build it.
        machine_id: The machine that would.
        strategies_available: How the image may be found.
    """

    app_name: str
    builder_type: str = ""
    machine_id: str = ""
    strategies_available: list[str] | None = None


class FinishedBuild(Record):
    """
    The body of an end.

    Attributes:
        build_id: The number of the build.
        app_name: Whose image it is.
        status: ``completed`` or ``failed``.
        machine_id: The machine that built it.
        strategies_attempted: How the image was looked for.
        builder_meta: About the builder.
        final_image: What came of it.
        timings: In milliseconds, -1 for what did not happen.
        logs: What the builder said.
    """

    build_id: int
    app_name: str
    status: str
    machine_id: str = ""
    strategies_attempted: list[dict[str, Any]] | None = None
    builder_meta: dict[str, Any] | None = None
    final_image: dict[str, Any] | None = None
    timings: dict[str, Any] | None = None
    logs: str = ""


def begin(world: World, asked: Asked) -> dict[str, Any]:
    """Begin a build."""
    return _shown(builds.begin(world, asked.body(NewBuild).app_name), "started")


def finish(world: World, asked: Asked) -> dict[str, Any]:
    """Say how a build ended."""
    build = asked.body(FinishedBuild)
    if build.status not in {COMPLETED, FAILED}:
        raise Malformed(f"status must be {COMPLETED} or {FAILED}")
    succeeded = build.status == COMPLETED
    builds.finish(world, build.app_name, build.build_id, succeeded=succeeded)
    return _shown(build.build_id, build.status)


def _shown(number: int, status: str) -> dict[str, Any]:
    return {"id": number, "status": status, "wallclock_time_ms": 0}


ROUTES = (
    Route(
        "POST /api/v1/builds",
        Operation.BUILDS_CREATE,
        begin,
        app=lambda _, asked: asked.body(NewBuild).app_name,
    ),
    Route(
        "POST /api/v1/builds/finish",
        Operation.BUILDS_FINISH,
        finish,
        app=lambda _, asked: asked.body(FinishedBuild).app_name,
    ),
)
