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
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Protocol

FIRST_FREE = 3
"""The first descriptor that is not a standard stream."""

REASON_SIZE = 4096

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
        self._reading, self._writing = reading, writing = _pipe_for_reason()
        stdin, stdout, stderr = streams
        self._args = (
            *(list(argv), _candidates(argv[0], environment), True),
            tuple(sorted({*pass_fds, writing})) if pass_fds else (writing,),
            None if cwd is None else os.fspath(cwd),
            list(map(b"=".join, environment.items())),
            *(stdin, -1, -1, stdout, -1, stderr, reading, writing),
            *(True, True, -1, None, None, None, -1, None, *VFORK),
        )

    def execute(self) -> int:
        """As `Launch.execute`; lets other threads run meanwhile, and never again before the end."""
        pid: int = fork_exec(*self._args)
        return pid

    def finish(self, pid: int | None) -> None:
        """As `Launch.finish`."""
        os.close(self._writing)
        try:
            reason = b"" if pid is None else self._reason()
        finally:
            os.close(self._reading)
        if reason and pid is not None:
            os.waitpid(pid, 0)
            raise _refused(reason)

    def _reason(self) -> bytes:
        """Why the program was not executed, as the child wrote it; nothing if it was."""
        try:
            return os.read(self._reading, REASON_SIZE)
        except BlockingIOError:
            return b""


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


def _pipe_for_reason() -> tuple[int, int]:
    """A pipe whose writing end is no standard stream, should ours be closed."""
    reading, writing = os.pipe()
    if SHARES_MEMORY:
        os.set_blocking(reading, False)
    if writing < FIRST_FREE:
        low = writing
        writing = fcntl.fcntl(low, fcntl.F_DUPFD_CLOEXEC, FIRST_FREE)
        os.close(low)
    return reading, writing


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
