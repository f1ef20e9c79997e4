"""What this process holds: descriptors, and processes that came of it."""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path

from attrs import frozen

from procman._process.mark import SERIAL_BITS, VARIABLE, marks, tag_of, tags_of
from procman._process.table import read_process

DESCRIPTORS = Path("/proc/self/fd" if sys.platform == "linux" else "/dev/fd")


@frozen
class Holdings:
    """
    What is held at one moment.

    Attributes:
        descriptors: Each with what it leads to, where the system tells.
        processes: Pids, each with its command line; only known on Linux.
    """

    descriptors: dict[int, str]
    processes: dict[int, str]

    @classmethod
    def now(cls) -> Holdings:
        """What is held now."""
        return cls(_descriptors(), _processes())

    def added_since(self, before: Holdings) -> list[str]:
        """What was not held *before*, in words."""
        return [
            *(
                f"process {pid} is left: {line}"
                for pid, line in self.processes.items()
                if pid not in before.processes
            ),
            *(
                f"descriptor {fd} is left open: {target}"
                for fd, target in self.descriptors.items()
                if fd not in before.descriptors
            ),
        ]


def leftovers(before: Holdings) -> list[str]:
    """What is held that was not held *before*, and is not just waiting to be collected."""
    if Holdings.now().added_since(before):
        gc.collect()
    return Holdings.now().added_since(before)


def _descriptors() -> dict[int, str]:
    found = {}
    for name in os.listdir(DESCRIPTORS):  # noqa: PTH208 - as few descriptors as can be
        try:
            found[int(name)] = os.readlink(DESCRIPTORS / name)  # noqa: PTH115
        except FileNotFoundError:
            # The one the folder was read through.
            continue
        except OSError:
            found[int(name)] = "unknown"
    return found


def _processes() -> dict[int, str]:
    if sys.platform != "linux":
        return {}
    pids = [int(name) for name in os.listdir("/proc") if name.isdecimal()]  # noqa: PTH208
    return {pid: _line(pid) for pid in pids if _is_ours(pid)}


def _is_ours(pid: int) -> bool:
    process = read_process(pid)
    if process is None or pid == os.getpid():
        return False
    if process.parent == os.getpid():
        return True
    tag = tag_of(pid)
    if tag is not None and tag >> SERIAL_BITS == tags_of(marks.token) >> SERIAL_BITS:
        return not process.is_zombie
    return f"{VARIABLE}=" in (text := _text(pid, "environ")) and f"{marks.token}." in text


def _line(pid: int) -> str:
    return _text(pid, "cmdline").replace("\0", " ").strip() or "a zombie"


def _text(pid: int, name: str) -> str:
    try:
        return Path(f"/proc/{pid}/{name}").read_bytes().decode(errors="replace")
    except OSError:
        return ""
