"""The one module that starts children."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from signal import Signals

from attrs import define

from procman._process.environment import environment_of
from procman._process.exit import exit_descriptor
from procman._process.guardian import Roster, guarding
from procman._process.launch import launched
from procman._process.mark import Mark, marks
from procman._process.refusal import not_started
from procman._process.reserve import reserve
from procman._process.siblings import siblings
from procman._process.starter import end_at_once, starter
from procman._process.table import newest_pid, session_of
from procman.command import Command
from procman.secret import Secret

_abandoned: list[Spawned] = []


@define
class Spawned:
    """
    A child and our ends of its pipes.

    Attributes:
        pid: Also the id of its process group and of its session.
        mark: What it and its descendants carry.
        exit: Becomes readable when it ends.
        stdin: None where the child got nothing to read.
        born: A moment before, by `time.monotonic`.
        roster: Where the guardian finds it if we are killed; None if nobody would end it.
    """

    pid: int
    mark: Mark
    exit: int
    stdout: int
    stderr: int
    stdin: int | None
    born: float
    roster: Roster | None
    _slot: int | None

    def reap(self) -> tuple[int | None, Signals | None]:
        """Collect the ended child: its exit code, or the signal that ended it."""
        self._let_go()
        try:
            status = os.waitid(os.P_PID, self.pid, os.WEXITED)
        except ChildProcessError:
            # SIGCHLD is ignored, or somebody in this process waits for any child there is.
            return (None, None)
        exited = status is not None and status.si_code == os.CLD_EXITED
        number = 0 if status is None else status.si_status
        return (number, None) if exited else (None, Signals(number))

    def reap_later(self) -> None:
        """Leave a child that cannot be ended: it is reaped before a later spawn."""
        _abandoned.append(self)

    @property
    def has_ended(self) -> bool:
        """Whether it did, be it reaped by somebody else."""
        try:
            ended = os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:
            return True
        return ended is not None

    def is_reaped(self) -> bool:
        """Collect it if it has ended meanwhile."""
        if not self.has_ended:
            return False
        self.reap()
        return True

    def strangers(self, pids: Iterable[int]) -> list[int]:
        """Those of *pids*, all given out after its own, that name no later child of ours."""
        return siblings.strangers(pids, self.born)

    @property
    def is_ours(self) -> bool:
        """Whether its pid still names it: nobody else has reaped it."""
        try:
            os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:
            return False
        return True

    def _let_go(self) -> None:
        starter.running -= 1
        # As long as it is not reaped its pid cannot come to name another process.
        if self.roster is not None:
            self.roster.let_go(self._slot)


async def spawn(command: Command) -> Spawned:
    """
    Start *command* in a session of its own.

    Raises:
        CommandNotStarted: with the reason; nothing is left behind.
    """
    if _abandoned:
        _abandoned[:] = [child for child in _abandoned if not child.is_reaped()]
    reserve.fill()
    roster = guarding.roster() if command.guarded else None
    fds: list[int] = []
    try:
        return await _spawn(command, roster, fds)
    except BaseException as error:
        _close(fds)
        if isinstance(error, OSError):
            raise not_started(command, error) from error
        raise


async def _spawn(command: Command, roster: Roster | None, fds: list[int]) -> Spawned:
    """Start it; *fds* are those that were opened, to be closed after a failure."""
    born = time.monotonic()
    mark = marks.new(is_spared=command.stop.spares_daemons)
    theirs_in, stdin = _pipe(fds) if command.stdin else (reserve.null(), None)
    stdout, theirs_out = _pipe(fds)
    stderr, theirs_err = _pipe(fds)
    theirs = (theirs_in, theirs_out, theirs_err)
    environment = environment_of(command, mark.name)
    launch = launched(command.argv, environment, command.cwd, theirs, command.pass_fds)

    def execute() -> int:
        pid = launch.execute()
        # At once: what it has started by now does not have it.
        mark.put_on(pid)
        siblings.add(pid)
        return pid

    pid = None
    try:
        pid = await starter.start(execute)
    finally:
        launch.finish(pid)
    mark_early_descendants(pid, mark, born)
    try:
        exit_fd = exit_descriptor(pid)
        slot = None if roster is None else roster.take_in(pid)
        for fd in (stdout, stderr) if stdin is None else (stdin, stdout, stderr):
            os.set_blocking(fd, False)
    except BaseException:
        end_at_once(pid)
        raise
    starter.running += 1
    _close(theirs[1:] if stdin is None else theirs)
    return Spawned(pid, mark, exit_fd, stdout, stderr, stdin, born, roster, slot)


def mark_early_descendants(pid: int, mark: Mark, born: float) -> None:
    """Mark what *pid* has started before it was marked itself: nearly always nothing."""
    if sys.platform != "linux":
        return
    seen = pid
    # Without a descriptor to look it goes on with the marks that it has.
    with suppress(OSError):
        while (newest := newest_pid()) > seen:
            for later in siblings.strangers(range(seen + 1, newest + 1), born):
                if session_of(later) == pid or mark.is_on(later):
                    mark.put_on(later)
            seen = newest


def _pipe(fds: list[int]) -> tuple[int, int]:
    ends = os.pipe()
    fds += ends
    return ends


def _close(fds: Sequence[int]) -> None:
    for fd in fds:
        os.close(fd)


def stdin_bytes(command: Command) -> bytes:
    """What the child is to read."""
    stdin = command.stdin
    return stdin.value.encode() if isinstance(stdin, Secret) else stdin or b""
