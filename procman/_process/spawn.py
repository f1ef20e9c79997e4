"""The one module that starts processes."""

from __future__ import annotations

import itertools
import os
import subprocess
from collections import deque
from contextlib import ExitStack
from signal import Signals

from attrs import define, field

from procman._process.exit import exit_descriptor
from procman._process.refusal import not_started
from procman.command import Command
from procman.secret import Secret

MARK = "PROCMAN_CHILD"
"""The environment variable by which the descendants of a child are found."""

RECENT = 256

recent_children: deque[int] = deque(maxlen=RECENT)
"""The pids of our latest children: what is known to be no descendant of another."""

_abandoned: list[subprocess.Popen[bytes]] = []
_serial = itertools.count(1)


@define
class Spawned:
    """
    A child and our ends of its pipes.

    Attributes:
        pid: Also the id of its process group and of its session.
        mark: What it and its descendants carry in ``PROCMAN_CHILD``.
        exit: Becomes readable when it ends.
        stdin: None where the child got nothing to read.
    """

    pid: int
    mark: str
    exit: int
    stdout: int
    stderr: int
    stdin: int | None
    _popen: subprocess.Popen[bytes] = field(repr=False)

    def reap(self) -> tuple[int | None, Signals | None]:
        """Collect the ended child: its exit code, or the signal that ended it."""
        status = os.waitid(os.P_PID, self.pid, os.WEXITED)
        exited = status is not None and status.si_code == os.CLD_EXITED
        number = 0 if status is None else status.si_status
        self._popen.returncode = number if exited else -number
        return (number, None) if exited else (None, Signals(number))

    def reap_later(self) -> None:
        """Leave a child that cannot be ended: it is reaped before a later spawn."""
        _abandoned.append(self._popen)


def spawn(command: Command) -> Spawned:
    """
    Start *command* in a session of its own.

    Raises:
        CommandNotStarted: with the reason; nothing is left behind.
    """
    _abandoned[:] = [popen for popen in _abandoned if popen.poll() is None]
    environment = command.environment()
    environment[MARK] = mark = _mark(environment.get(MARK))
    with ExitStack() as undo:
        try:
            spawned = _spawn(command, environment, mark, undo)
        except OSError as error:
            raise not_started(command, environment, error) from error
        undo.pop_all()
    recent_children.append(spawned.pid)
    return spawned


def _spawn(command: Command, environment: dict[str, str], mark: str, undo: ExitStack) -> Spawned:
    """Start it; *undo* takes everything back that was done before a failure."""
    theirs_in, stdin = _pipe(undo) if command.stdin else (subprocess.DEVNULL, None)
    stdout, theirs_out = _pipe(undo)
    stderr, theirs_err = _pipe(undo)
    popen = subprocess.Popen(
        command.argv,
        stdin=theirs_in,
        stdout=theirs_out,
        stderr=theirs_err,
        env=environment,
        cwd=command.cwd,
        pass_fds=command.pass_fds,
        start_new_session=True,
        bufsize=0,
    )
    undo.callback(_kill, popen)
    exit_fd = exit_descriptor(popen.pid)
    for fd in (theirs_in, theirs_out, theirs_err):
        if fd >= 0:
            os.close(fd)
    for fd in (stdout, stderr) if stdin is None else (stdin, stdout, stderr):
        os.set_blocking(fd, False)
    return Spawned(popen.pid, mark, exit_fd, stdout, stderr, stdin, popen)


def _pipe(undo: ExitStack) -> tuple[int, int]:
    ends = os.pipe()
    for end in ends:
        undo.callback(os.close, end)
    return ends


def _kill(popen: subprocess.Popen[bytes]) -> None:
    popen.kill()
    popen.wait()


def _mark(inherited: str | None) -> str:
    """Ours after those of the procmans around us: each finds all of its own descendants."""
    own = f"{os.getpid()}.{next(_serial)}"
    return f"{inherited}:{own}" if inherited else own


def stdin_bytes(command: Command) -> bytes:
    """What the child is to read."""
    stdin = command.stdin
    return stdin.value.encode() if isinstance(stdin, Secret) else stdin or b""
