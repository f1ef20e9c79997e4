"""The process table, as Linux shows it in ``/proc``."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from functools import cache
from signal import Signals

from attrs import frozen

WITHOUT_MEMORY = 0x00200000 | 0x00000004
"""Of the flags of a process: it is a thread of the kernel, or about to end."""


@frozen
class Process:
    """A line of the process table. A pid alone may be reused; with its start it is unique."""

    pid: int
    parent: int
    group: int
    session: int
    start: int
    is_zombie: bool

    def is_alive(self) -> bool:
        """Whether it has not ended since."""
        now = read_process(self.pid)
        return now is not None and now.start == self.start and not now.is_zombie

    def send(self, signum: Signals) -> None:
        """Signal it, and never another that came to its pid."""
        # It may have ended meanwhile, or become another user's.
        with suppress(ProcessLookupError, PermissionError):
            pidfd = os.pidfd_open(self.pid)
            try:
                # The descriptor names one process for good: is it still the one we saw?
                now = read_process(self.pid)
                if now is not None and now.start == self.start:
                    signal.pidfd_send_signal(pidfd, signum)
            finally:
                os.close(pidfd)


def read_process(pid: int) -> Process | None:
    """The line of *pid*; None if there is none any more."""
    try:
        stat = _read(f"/proc/{pid}/stat")
    except (FileNotFoundError, ProcessLookupError):
        return None
    # The name stands in parentheses and may itself hold spaces and parentheses.
    state, parent, group, session, *rest = stat[stat.rindex(b")") + 2 :].split(maxsplit=20)
    return Process(pid, int(parent), int(group), int(session), int(rest[15]), state in b"ZX")


def has_environment(pid: int) -> bool:
    """
    Whether *pid* has one, though none may be seen of it at the moment.

    While one program makes room for the next ``execve`` takes it away, and sets it up again only
    when the new one is in its place (Linux, fs/binfmt_elf.c).
    """
    stat = _read(f"/proc/{pid}/stat")
    state, *rest = stat[stat.rindex(b")") + 2 :].split()
    start, end = int(rest[46]), int(rest[47])
    is_empty = start == end != 0
    return state not in b"ZX" and not int(rest[5]) & WITHOUT_MEMORY and not is_empty


def all_pids() -> list[int]:
    """Of all that are alive, or not reaped."""
    return [int(name) for name in os.listdir("/proc") if name.isdecimal()]  # noqa: PTH208


def newest_pid() -> int:
    """The last that was given out: they are given out in order, and begin again at the end."""
    return int(os.pread(_load_average(), 128, 0).rpartition(b" ")[2])


def runnable() -> int:
    """How many threads of the whole machine run or wait for a processor, ours included."""
    return int(os.pread(_load_average(), 128, 0).split()[3].partition(b"/")[0])


@cache
def _load_average() -> int:
    """The file that tells it, held open from now on: it is read at the end of every child."""
    return os.open("/proc/loadavg", os.O_RDONLY)


def _forked() -> None:
    # A daemon closes what it does not know.
    if _load_average.cache_info().currsize:
        os.close(_load_average())
        _load_average.cache_clear()


os.register_at_fork(after_in_child=_forked)


@cache
def highest_pid() -> int:
    """Where they begin again."""
    return int(_read("/proc/sys/kernel/pid_max"))


def session_of(pid: int) -> int | None:
    """By one system call; None if *pid* is gone."""
    try:
        return os.getsid(pid)
    except (ProcessLookupError, PermissionError):
        return None


def _read(path: str) -> bytes:
    """A small file, at the price of three system calls."""
    fd = os.open(path, os.O_RDONLY)
    try:
        return os.read(fd, 4096)
    finally:
        os.close(fd)
