"""Looks up what a workflow requires of this machine, all of it at once."""

from __future__ import annotations

import errno
import math
import shutil
from collections.abc import Sequence

import anyio

from procman._process.attempt import Attempt
from procman._process.hurry import Hurry
from procman._process.refusal import not_started
from procman.command import command
from procman.errors import StepError, shown
from procman.output import Output
from procman.requirement import Requirement
from procman.step import Step


async def unmet(requirements: Sequence[Requirement]) -> Sequence[str]:
    """What is missing or does not do, a sentence each, in the order of *requirements*."""
    found: dict[Requirement, str | None] = {}

    async def look_up(requirement: Requirement) -> None:
        found[requirement] = await _problem(requirement)

    async with anyio.create_task_group() as tasks:
        for requirement in requirements:
            tasks.start_soon(look_up, requirement)
    return [problem for each in requirements if (problem := found[each]) is not None]


async def _problem(requirement: Requirement) -> str | None:
    asked = command(requirement.program, *requirement.ask)
    place = shutil.which(requirement.program)
    if place is None:
        return not_started(asked, OSError(errno.ENOENT, "no such program")).reason
    if not requirement.versions:
        return None
    step = Step("version", asked, _printed, ok=_whatever_its_exit_code, timeout=requirement.timeout)
    try:
        printed = await Attempt(step, hurry=Hurry(), deadline=math.inf).run()
    except StepError as error:
        return f"{place}: {asked}: {error.cause}"
    version = requirement.version_in(printed)
    if version is None:
        return f"{place}: {asked} printed no version: {shown(printed.strip())!r}"
    if not requirement.accepts(version):
        return f"{place}: version {version} is there, {requirement} is required"
    return None


def _printed(output: Output) -> str:
    return b"\n".join((output.stdout, output.stderr)).decode(errors="replace")


def _whatever_its_exit_code(_: Output) -> bool:
    return True
