"""Small real children for the tests of procman."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path
from textwrap import dedent
from typing import Any

import anyio

from procman import Command, Diagnostic, Step, command

IN_TURN = """
    import fcntl, os, sys, termios, time
    for number, *text in sys.argv[1:]:
        fd = int(number)
        os.write(fd, "".join(text).encode())
        while any(fcntl.ioctl(fd, termios.FIONREAD, bytes(4))):
            time.sleep(0.001)
"""
"""A child that prints each of its arguments, without its first character, to the stream of that
number, and waits each time until that was read."""


def python(source: str, *argv: str, **options: Any) -> Command:
    """A child that runs a few lines of Python."""
    return command(sys.executable, "-S", "-c", dedent(source), *argv, **options)


def shell(script: str, **options: Any) -> Command:
    """A child that runs a few lines of sh."""
    return command("sh", "-c", script, **options)


def once(condition: str) -> Diagnostic:
    """Has a step that reached a limit, be it short, not be ended until *condition* of sh holds."""
    waiting = Step("wait", shell(f"until {condition}; do sleep 0.01; done"))
    return Diagnostic(waiting, while_running=True)


def is_alive(pid: int) -> bool:
    """Whether *pid* is a process that is not a zombie."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return stat[stat.rindex(b")") + 2 :].split()[0] not in (b"Z", b"X")


async def until_gone(*pids: int, seconds: float = 5) -> None:
    """Return when none of *pids* is alive; fail after *seconds*."""
    with anyio.fail_after(seconds):
        while any(is_alive(pid) for pid in pids):
            await anyio.sleep(0.005)


async def until_exists(path: Path, seconds: float = 10) -> str:
    """What is in *path* once it is there and not empty."""
    with anyio.fail_after(seconds):
        while not path.exists() or not path.read_text():
            await anyio.sleep(0.005)
    return path.read_text()


def open_descriptors() -> set[str]:
    """The file descriptors this process holds, with what they are: a leak says what leaked."""
    found = set()
    for entry in list(Path("/proc/self/fd").iterdir()):
        # The folder itself was open while it was listed.
        with suppress(FileNotFoundError):
            found.add(f"{entry.name} {entry.readlink()}")
    return found
