"""Why the system would not start a command, in words."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from procman._process.reserve import NONE_LEFT
from procman.command import Command
from procman.errors import CommandNotFound, CommandNotStarted


def not_started(command: Command, error: OSError) -> CommandNotStarted:
    """What the system meant: it says ENOENT for the program, its interpreter and the folder."""
    environment = command.environment()
    if command.cwd is not None and (reason := _bad_cwd(command.cwd)):
        return CommandNotStarted(command, reason)
    match error.errno:
        case errno.E2BIG:
            size = _size(command, environment)
            return CommandNotStarted(
                command, f"arguments and environment are too large for the system: {size} bytes"
            )
        case number if number in NONE_LEFT:
            return CommandNotStarted(command, "no file descriptor is left to start it with")
        case errno.EAGAIN | errno.ENOMEM:
            return CommandNotStarted(command, f"the system has no room for it: {error.strerror}")
        case _:
            return _bad_program(command, environment, error)


def _bad_cwd(cwd: Path) -> str | None:
    if not cwd.exists():
        return f"working directory {cwd} does not exist"
    if not cwd.is_dir():
        return f"working directory {cwd} is not a directory"
    return None if os.access(cwd, os.X_OK) else f"working directory {cwd} may not be entered"


def _bad_program(
    command: Command, environment: dict[str, str], error: OSError
) -> CommandNotStarted:
    program = command.program
    if "/" in program:
        places = [(command.cwd or Path()) / program]
        searched = ""
    else:
        folders = os.get_exec_path(environment)
        places = [Path(folder) / program for folder in folders]
        searched = f" on PATH ({os.pathsep.join(folders)})"
    found = [place for place in places if place.exists()]
    if not found:
        return CommandNotFound(command, f"{program}: no such program{searched}")
    place = found[0]
    if place.is_dir():
        return CommandNotFound(command, f"{place} is a directory")
    if not os.access(place, os.X_OK):
        return CommandNotFound(command, f"{place} is not executable")
    if (interpreter := _interpreter(place)) and not Path(interpreter).exists():
        return CommandNotStarted(command, f"{place}: its interpreter {interpreter} does not exist")
    return CommandNotStarted(command, f"{place}: {error.strerror}")


def _interpreter(script: Path) -> str | None:
    with script.open("rb") as file:
        first = file.readline(256)
    parts = first.removeprefix(b"#!").split()
    return os.fsdecode(parts[0]) if first.startswith(b"#!") and parts else None


def _size(command: Command, environment: dict[str, str]) -> int:
    pairs = (f"{name}={value}" for name, value in environment.items())
    return sum(len(os.fsencode(part)) + 1 for part in (*command.argv, *pairs))
