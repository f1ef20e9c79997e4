"""Starts the guardian of this process and tells it, without a system call, whom to end."""

from __future__ import annotations

import mmap
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from procman._process.mark import marks

SLOTS = 4096
"""Children that are told of at once; any more are still found by their mark."""

SLOT = 8

_SOURCE = Path(__file__).with_name("guardian_program.py")


class Guardian:
    """
    A process that outlives ours just long enough to end all that we started.

    What it is to end stands in memory that both share. It learns of our death, of whatever
    kind, by the end of a pipe that nobody but us holds open.
    """

    def __init__(self, token: str) -> None:
        with tempfile.TemporaryFile() as file:
            file.truncate(SLOTS * SLOT)
            self._slots = memoryview(mmap.mmap(file.fileno(), SLOTS * SLOT)).cast("q")
            reading, self.lifeline = os.pipe()
            program = subprocess.Popen(
                [
                    *(sys.executable, "-I", "-S", "-c", _SOURCE.read_text(encoding="utf-8")),
                    *(token, str(reading), str(file.fileno())),
                ],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=(reading, file.fileno()),
                env={},
                start_new_session=True,
            )
            os.close(reading)
        self._pid = program.pid
        # Waited for by nobody but `is_alive`.
        program.returncode = 0
        self._free = list(range(SLOTS - 1, -1, -1))

    @property
    def is_alive(self) -> bool:
        """Whether it still watches."""
        try:
            return os.waitpid(self._pid, os.WNOHANG) == (0, 0)
        except ChildProcessError:
            return False

    def take_in(self, pid: int) -> int | None:
        """Have *pid* ended with us; the slot to give back, None if all are taken."""
        if not self._free:
            return None
        slot = self._free.pop()
        self._slots[slot] = pid
        return slot

    def let_go(self, slot: int) -> None:
        """Forget whom we told of in *slot*: it is about to be reaped."""
        self._slots[slot] = 0
        self._free.append(slot)

    def forget(self) -> None:
        """Let go of it in a forked process, which is not the one it guards."""
        os.close(self.lifeline)


class Guarding:
    """The guardian of this process, started when the first child is."""

    def __init__(self) -> None:
        self._guardian: Guardian | None = None
        os.register_at_fork(after_in_child=self._forked)

    def guardian(self) -> Guardian | None:
        """One that is alive; None where none can be started."""
        if self._guardian is None or not self._guardian.is_alive:
            try:
                self._guardian = Guardian(marks.token)
            except OSError:
                return None
        return self._guardian

    def _forked(self) -> None:
        if self._guardian is not None:
            self._guardian.forget()
        self._guardian = None


guarding = Guarding()
