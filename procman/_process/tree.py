"""The descendants of a child, wherever they hide: other groups, other sessions, orphans."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterable
from contextlib import suppress
from functools import partial
from signal import Signals

from attrs import define, frozen

from procman._process.reserve import reserve
from procman._process.spawn import Spawned, recent_children

NEARBY = 1024
"""Process ids given out after a child that are looked at one by one; more are listed instead."""


@frozen
class Process:
    """A line of the process table. A pid alone may be reused; with its start it is unique."""

    pid: int
    parent: int
    group: int
    session: int
    start: int
    is_zombie: bool


@define
class Tree:
    """
    A child and all that came of it.

    A process belongs to it that is in the child's session or group, carries the child's
    mark, or descends from one that does.
    """

    _child: Spawned

    def members(self) -> tuple[Process, ...]:
        """Those alive now, without the child itself."""
        if sys.platform != "linux":
            return ()
        return reserve.back(lambda: self._of(_all_pids()))

    def outlived(self) -> tuple[Process, ...]:
        """Those alive after the child ended; cheap where it had no descendants at all."""
        if sys.platform != "linux":
            return ()
        return reserve.back(lambda: self._of(_born_after(self._child.pid)))

    def signal(self, signum: Signals, members: Iterable[Process]) -> None:
        """
        Send *signum* to the child's group and to every one of *members* outside it.

        The child must not have been reaped: until then its pid names no other group.
        """
        # Nobody may be left in the group, or only those that became another user's.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._child.pid, signum)
        for process in members:
            if process.group != self._child.pid:
                reserve.back(partial(_signal_process, process, signum))

    def _of(self, pids: Iterable[int]) -> tuple[Process, ...]:
        leader = self._child.pid
        table = {p.pid: p for pid in pids if pid != leader and (p := read_process(pid))}
        if not table:
            return ()
        own = read_process(leader)
        born = 0 if own is None else own.start
        found = {
            p.pid
            for p in table.values()
            if leader in (p.session, p.group, p.parent)
            or (p.start >= born and self._child.mark.is_on(p.pid))
        }
        grown = True
        while grown:
            heirs = {p.pid for p in table.values() if p.parent in found} - found
            found |= heirs
            grown = bool(heirs)
        return tuple(p for pid, p in table.items() if pid in found and not p.is_zombie)


def read_process(pid: int) -> Process | None:
    """The process table's line of *pid*; None if there is none any more."""
    try:
        stat = _read(f"/proc/{pid}/stat")
    except (FileNotFoundError, ProcessLookupError):
        return None
    # The name stands in parentheses and may itself hold spaces and parentheses.
    state, parent, group, session, *rest = stat[stat.rindex(b")") + 2 :].split(maxsplit=20)
    return Process(pid, int(parent), int(group), int(session), int(rest[15]), state in b"ZX")


def _read(path: str) -> bytes:
    """A small file of /proc, at the price of three system calls."""
    fd = os.open(path, os.O_RDONLY)
    try:
        return os.read(fd, 4096)
    finally:
        os.close(fd)


def _signal_process(process: Process, signum: Signals) -> None:
    # It may have ended meanwhile, or become another user's.
    with suppress(ProcessLookupError, PermissionError):
        pidfd = os.pidfd_open(process.pid)
        try:
            # The descriptor names one process for good: is it still the one we saw?
            now = read_process(process.pid)
            if now is not None and now.start == process.start:
                signal.pidfd_send_signal(pidfd, signum)
        finally:
            os.close(pidfd)


def _all_pids() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdecimal()]  # noqa: PTH208


def _born_after(child: int) -> Iterable[int]:
    """
    Every pid given out after *child* that may descend from it: nearly always none.

    A session is inherited or begun, and never joined: who is in one that is older than the
    child, or that another child of ours began, is no descendant.
    """
    newest = int(_read("/proc/loadavg").rpartition(b" ")[2])
    if not 0 <= newest - child <= NEARBY:
        return _all_pids()
    born = range(child + 1, newest + 1)
    sessions = ((pid, _session_of(pid)) for pid in born if pid not in recent_children)
    return [pid for pid, s in sessions if s == child or (s in born and s not in recent_children)]


def _session_of(pid: int) -> int | None:
    try:
        return os.getsid(pid)
    except (ProcessLookupError, PermissionError):
        return None
