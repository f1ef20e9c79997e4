"""One writer at a time: a lock that the children of a killed run still hold."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import anyio
from attrs import asdict, frozen

from provision.errors import Locked

AFTER_A_KILL = 60.0
"""Seconds the children of a run that was killed are waited for."""

LOOK_AGAIN = 0.05


@frozen
class Holder:
    """
    Who holds a lock.

    Attributes:
        since: UTC, RFC 3339.
    """

    pid: int
    command: str
    since: str

    def __str__(self) -> str:
        return f"{self.command} (process {self.pid}, since {self.since})"


@asynccontextmanager
async def run_lock(path: Path, command: str, *, wait: float = 0.0) -> AsyncIterator[int]:
    """
    Hold the lock in the file *path*; gives a file descriptor to pass on to every child.

    As long as one of them lives, so does the lock: a run that comes after one that was
    killed waits until nobody can act in its name any more.

    Args:
        path: The file; made if missing, never removed.
        command: For the person who finds it locked.
        wait: Seconds to wait for another run that is alive.

    Raises:
        Locked: somebody else holds it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    fd = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        await _acquire(fd, path, wait)
        _sign(fd, command)
        yield fd
    finally:
        os.close(fd)


async def _acquire(fd: int, path: Path, wait: float) -> None:
    started = anyio.current_time()
    while not _try(fd):
        holder = _holder(fd)
        alive = holder is not None and _is_alive(holder.pid)
        if anyio.current_time() - started > (wait if alive else AFTER_A_KILL):
            who = str(holder) if alive else f"what {holder} left running"
            raise Locked(f"locked by {who}: {path}")
        await anyio.sleep(LOOK_AGAIN)


def _try(fd: int) -> bool:
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _sign(fd: int, command: str) -> None:
    since = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    os.ftruncate(fd, 0)
    os.pwrite(fd, json.dumps(asdict(Holder(os.getpid(), command, since))).encode(), 0)


def _holder(fd: int) -> Holder | None:
    """Who signed it last; None for one that has not come to sign it."""
    try:
        return Holder(**json.loads(os.pread(fd, 4096, 0)))
    except (ValueError, TypeError):
        return None


def _is_alive(pid: int) -> bool:
    """Whether *pid* still runs; one that was killed and not yet collected does not."""
    try:
        os.kill(pid, 0)
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return stat.rpartition(")")[2].split()[0] not in ("Z", "X")
