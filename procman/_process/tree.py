"""The descendants of a child, wherever they hide: other groups, other sessions, orphans."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import partial
from signal import SIGKILL, Signals

from attrs import define, field

from procman._process.mark import tag_of
from procman._process.reserve import reserve
from procman._process.spawn import Spawned
from procman._process.table import (
    Process,
    all_pids,
    highest_pid,
    newest_pid,
    read_process,
    session_of,
)

NEARBY = 1024
"""Process ids given out after a child that are looked at one by one; more are listed instead."""

FORKS_A_SECOND = 100_000
"""More than a machine can do: so long it takes at least until pids are given out again."""

CHASES = 256
"""Looks at what was born during the last look, before a tree is left until the next."""


@define
class Tree:
    """
    A child and all that came of it.

    A process belongs to it that is in the child's session or group, carries the child's
    mark, or descends from one that does.
    """

    _child: Spawned
    _born: int | None = field(default=None, init=False)

    @property
    def leader(self) -> int:
        """The pid of the child itself, and the id of its group and session."""
        return self._child.pid

    def members(self) -> tuple[Process, ...]:
        """Those alive now, without the child itself."""
        if sys.platform != "linux":
            return ()
        return reserve.back(lambda: tuple(self._walk()))

    def alive(self, processes: Iterable[Process]) -> tuple[Process, ...]:
        """Those of *processes* that have not ended."""
        return reserve.back(lambda: tuple(p for p in processes if p.is_alive()))

    def outlived(self) -> tuple[Process, ...]:
        """Those alive after the child ended; cheap where it had no descendants at all."""
        if sys.platform != "linux":
            return ()
        return reserve.back(self._outlived)

    def signal(self, signum: Signals, members: Iterable[Process]) -> None:
        """
        Send *signum* to the child's group and to every one of *members* outside it.

        Until the child is reaped its pid names no other group; if it is, each is signalled alone.
        """
        is_group_ours = self._child.is_ours
        if is_group_ours:
            # Nobody may be left in it, or only those that became another user's.
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.leader, signum)
        for process in members:
            if process.group != self.leader or not is_group_ours:
                reserve.back(partial(process.send, signum))

    def kill(self) -> bool:
        """Send SIGKILL to each in the moment it is found; whether there was one."""
        self.signal(SIGKILL, ())
        if sys.platform != "linux":
            return False
        return reserve.back(self._kill)

    def _outlived(self) -> tuple[Process, ...]:
        born = _born_after(self._child)
        return self._of(born) if born else ()

    def _kill(self) -> bool:
        found = False
        for process in self._walk():
            found = True
            process.send(SIGKILL)
        return found

    def _walk(self) -> Iterator[Process]:
        """
        All of them, those born while we look included.

        One that forks and ends is not seen by who reads its line too late; but it has left one
        that was born later.
        """
        newest = newest_pid()
        yield from self._of(all_pids())
        for _ in range(CHASES):
            before, newest = newest, newest_pid()
            if newest == before:
                return
            # They begin again when the highest was given out.
            born = range(before + 1, newest + 1) if newest > before else all_pids()
            yield from self._of(self._child.strangers(born))

    def _of(self, pids: Iterable[int]) -> tuple[Process, ...]:
        unknown = (pid for pid in pids if pid != self.leader and not self._is_anothers(pid))
        table = {p.pid: p for pid in unknown if (p := read_process(pid))}
        found = {p.pid for p in table.values() if self._is_member(p)}
        grown = bool(found)
        while grown:
            heirs = {p.pid for p in table.values() if p.parent in found} - found
            found |= heirs
            grown = bool(heirs)
        return tuple(p for pid, p in table.items() if pid in found and not p.is_zombie)

    def _is_anothers(self, pid: int) -> bool:
        tag = tag_of(pid)
        return tag is not None and self._child.mark.rules_out(tag)

    def _is_member(self, process: Process) -> bool:
        if self.leader in (process.session, process.group, process.parent):
            return True
        return process.start >= self._birth() and self._child.mark.is_on(process.pid)

    def _birth(self) -> int:
        """When the child was born: nobody older descends from it."""
        if self._born is None:
            own = read_process(self.leader)
            self._born = 0 if own is None else own.start
        return self._born


def _born_after(child: Spawned) -> list[int]:
    """
    Every pid given out after that of *child* that may descend from it: nearly always none.

    A session is inherited or begun, and never joined: who is in one that is older than the
    child, or that another child of ours began, is no descendant.
    """
    newest = newest_pid()
    is_near = 0 <= newest - child.pid <= NEARBY
    if not is_near or time.monotonic() - child.born > highest_pid() / FORKS_A_SECOND:
        return all_pids()
    strangers = child.strangers(range(child.pid + 1, newest + 1))
    theirs = {child.pid, *strangers}
    return [pid for pid in strangers if session_of(pid) in theirs]
