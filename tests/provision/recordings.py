"""What a real flyctl printed, for the tests of everything that reads or imitates it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from attrs import frozen

from procman import CommandFailed, Output, Step, UnparsedOutput, Unreadable

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


def read_by(step: Step[Any], name: str) -> Any:
    """What *step* makes of the recording: its result, or the error it would raise."""
    output = recording(name).output
    if not step.accepts(output):
        failure = CommandFailed(step.command, output, step.accepted)
        return failure if step.explain is None else step.explain(failure) or failure
    try:
        return step.parse(output)
    except Unreadable as error:
        return UnparsedOutput(step.command, output, str(error))


def arguments(step: Step[Any]) -> tuple[str, ...]:
    """What *step* hands to flyctl."""
    return step.command.argv[1:]
