"""
The system call that starts a program.

`subprocess.Popen` does the same in twice the processor time: what it does for other platforms,
for text and for waiting is not needed here. Its own lower half is used where its shape is known.
"""

from __future__ import annotations

import _posixsubprocess
import fcntl
import os
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from termios import FIONREAD
from typing import Any, Protocol

FIRST_FREE = 3
"""The first descriptor that is not a standard stream."""

REASON_SIZE = 4096
NOTHING = bytes(4)
"""As a number of bytes to read, for `FIONREAD`."""

IS_KNOWN = (3, 11) <= sys.version_info[:2] <= (3, 14)
"""Whether the signature of `fork_exec` is one we know: it is Python's own affair."""

VFORK = () if sys.version_info >= (3, 14) else (True,)
"""Its last argument, that vfork may be used, went with Python 3.14: it always may."""

SHARES_MEMORY = sys.platform == "linux"
"""
Whether the parent sleeps until the child has left its memory, as after `vfork`.

Whatever the child has to say it has said by then. To wait for the pipe's end, as Python does,
is to wait a second time, for a program that is already under way.
"""

fork_exec: Any = _posixsubprocess.fork_exec


class Launch(Protocol):
    """
    A start of a program in a session of its own.

    All but `execute` is to be done in the thread that everything else is done in.
    """

    def execute(self) -> int:
        """
        Sleep until it is executed, or is not; its pid.

        Raises:
            OSError: there is no process to execute it in.
        """
        ...

    def finish(self, pid: int | None) -> None:
        """
        Let go of what was needed for it; *pid* if it was executed.

        Raises:
            OSError: the child could not execute it; it is reaped.
        """
        ...


class ForkExec:
    """
    By the lower half of `subprocess`.

    *streams* become its stdin, stdout and stderr; of all other descriptors it gets *pass_fds*.
    """

    def __init__(
        self,
        argv: Sequence[str],
        environment: Mapping[bytes, bytes],
        cwd: Path | None,
        streams: tuple[int, int, int],
        pass_fds: Sequence[int],
    ) -> None:
        self._reasons = reasons.take()
        reading, writing = self._reasons
        stdin, stdout, stderr = streams
        self._args = (
            *(list(argv), _candidates(argv[0], environment), True),
            tuple(sorted({*pass_fds, writing})) if pass_fds else (writing,),
            None if cwd is None else os.fspath(cwd),
            [b"%b=%b" % pair for pair in environment.items()],
            *(stdin, -1, -1, stdout, -1, stderr, reading, writing),
            *(True, True, -1, None, None, None, -1, None, *VFORK),
        )

    def execute(self) -> int:
        """As `Launch.execute`; lets other threads run meanwhile, and never again before the end."""
        pid: int = fork_exec(*self._args)
        return pid

    def finish(self, pid: int | None) -> None:
        """As `Launch.finish`."""
        reason = reasons.give_back(self._reasons)
        if reason and pid is not None:
            os.waitpid(pid, 0)
            raise _refused(reason)


class Popen:
    """By `subprocess` itself, for a Python whose lower half is not known."""

    def __init__(
        self,
        argv: Sequence[str],
        environment: Mapping[bytes, bytes],
        cwd: Path | None,
        streams: tuple[int, int, int],
        pass_fds: Sequence[int],
    ) -> None:
        stdin, stdout, stderr = streams
        self._start = partial(
            subprocess.Popen,
            argv,
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            env=environment,
            cwd=cwd,
            pass_fds=pass_fds,
            start_new_session=True,
            bufsize=0,
        )

    def execute(self) -> int:
        """As `Launch.execute`; here it also tells why it was not executed."""
        program = self._start()
        # It is waited for elsewhere.
        program.returncode = 0
        return program.pid

    def finish(self, pid: int | None) -> None:
        """As `Launch.finish`: there is nothing to let go of."""


class Reasons:
    """
    Pipes in which a child says why its program was not executed; nearly always it says nothing.

    One is opened with the first child and kept, where the child has said it all when the start
    returns. A start in another thread meanwhile has one of its own.
    """

    def __init__(self) -> None:
        self._kept: tuple[int, int] | None = None
        self._is_free = threading.Lock()
        # In it a fork of ours would hear what our children say.
        os.register_at_fork(after_in_child=self._close)

    def take(self) -> tuple[int, int]:
        """
        Both ends of an empty one, of which the writing one is no standard stream.

        Raises:
            OSError: no descriptor is left for it.
        """
        if not SHARES_MEMORY or not self._is_free.acquire(blocking=False):
            return _pipe_for_reason()
        try:
            if self._kept is None:
                self._kept = _pipe_for_reason()
        except OSError:
            self._is_free.release()
            raise
        return self._kept

    def give_back(self, ends: tuple[int, int]) -> bytes:
        """What was said in it."""
        reading, writing = ends
        if ends is self._kept:
            try:
                return _said(reading)
            finally:
                self._is_free.release()
        os.close(writing)
        try:
            return _said(reading)
        finally:
            os.close(reading)

    def _close(self) -> None:
        # A daemon closes what it does not know: perhaps these, before it forked.
        for fd in self._kept or ():
            with suppress(OSError):
                os.close(fd)
        self._kept = None
        self._is_free = threading.Lock()


def _pipe_for_reason() -> tuple[int, int]:
    """A pipe whose writing end is no standard stream, should ours be closed."""
    reading, writing = os.pipe()
    if writing < FIRST_FREE:
        low = writing
        writing = fcntl.fcntl(low, fcntl.F_DUPFD_CLOEXEC, FIRST_FREE)
        os.close(low)
    return reading, writing


def _said(reading: int) -> bytes:
    # To be told that there is nothing takes half the time of an exception that says so.
    if SHARES_MEMORY and fcntl.ioctl(reading, FIONREAD, NOTHING) == NOTHING:
        return b""
    return os.read(reading, REASON_SIZE)


reasons = Reasons()


def _candidates(program: str, environment: Mapping[bytes, bytes]) -> tuple[bytes, ...]:
    """Where the program may be; the child tries one after another."""
    name = os.fsencode(program)
    if b"/" in name:
        return (name,)
    path = environment.get(b"PATH", os.fsencode(os.defpath))
    return tuple(os.path.join(folder, name) for folder in path.split(b":"))  # noqa: PTH118


def _refused(reason: bytes) -> OSError:
    """What the child wrote before it gave up: ``OSError:2:noexec``, the number in hex."""
    number = int(reason.split(b":")[1], 16)
    return OSError(number, os.strerror(number))


launched = ForkExec if IS_KNOWN else Popen
"""What a program is started by."""
