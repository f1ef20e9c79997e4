"""What a real flyctl printed, for the tests of everything that reads or imitates it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import anyio
from attrs import evolve, frozen

from procman import NEVER, Hook, Output, Step, StepError, run_step
from procman.testing import ScriptedExecutable, answer, expect
from provision.fly.errors import FlyError

FOLDER = Path(__file__).parent.parent / "recordings"


@frozen
class Recording:
    """One command as it was called, and what came back."""

    name: str
    argv: tuple[str, ...]
    stdin: str | None
    output: Output


def recording(name: str) -> Recording:
    """The recording in the file *name*."""
    content = json.loads((FOLDER / f"{name}.json").read_text())
    output = Output(
        exit_code=content["exit_code"],
        stdout=content["stdout"].encode(),
        stderr=content["stderr"].encode(),
        seconds=content["seconds"],
    )
    return Recording(name, tuple(content["argv"]), content["stdin"], output)


def read_by(step: Step[Any], name: str, *, hooks: Sequence[Hook] = ()) -> Any:
    """What *step* makes of a flyctl that does as recorded: its result, or the error it raises."""
    output = recording(name).output
    played = answer(output.stdout, output.stderr, exit_code=output.exit_code or 0)
    with TemporaryDirectory() as folder:
        fly = ScriptedExecutable(Path(folder), "fly", [expect(*arguments(step), answer=played)])
        command = evolve(step.command, argv=(str(fly.path), *arguments(step)))
        once = evolve(step, command=command, retry=NEVER)
        try:
            return anyio.run(partial(run_step, once, hooks=hooks))
        except (StepError, FlyError) as error:
            return error


def arguments(step: Step[Any]) -> tuple[str, ...]:
    """What *step* hands to flyctl."""
    return step.command.argv[1:]
