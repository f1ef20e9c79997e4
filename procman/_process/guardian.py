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


class Roster:
    """The children that are to be ended with us, in memory that the guardian sees as well."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - open as long as the roster is
        self._file.truncate(SLOTS * SLOT)
        self._memory = mmap.mmap(self.fd, SLOTS * SLOT)
        self._slots = memoryview(self._memory).cast("q")
        self._free = list(range(SLOTS - 1, -1, -1))

    @property
    def fd(self) -> int:
        """Of the file that a guardian reads it from."""
        return self._file.fileno()

    @property
    def size(self) -> int:
        """How many stand in it."""
        return SLOTS - len(self._free)

    def take_in(self, pid: int) -> int | None:
        """Have *pid* ended with us; the slot to give back, None if all are taken."""
        if not self._free:
            return None
        slot = self._free.pop()
        self._slots[slot] = pid
        return slot

    def let_go(self, slot: int | None) -> None:
        """Forget whom we told of in *slot*: it is about to be reaped."""
        if slot is not None:
            self._slots[slot] = 0
            self._free.append(slot)

    def close(self) -> None:
        """Let go of the memory, not of what stands in it."""
        self._slots.release()
        self._memory.close()
        self._file.close()


class Guardian:
    """
    A process that outlives ours just long enough to end all that we started.

    It learns of our death, of whatever kind, by the end of a pipe that nobody but us holds open.
    """

    def __init__(self, roster: Roster) -> None:
        reading, self._lifeline = os.pipe()
        try:
            program = subprocess.Popen(
                [
                    *(sys.executable, "-I", "-S", "-c", _SOURCE.read_text(encoding="utf-8")),
                    *(marks.token, str(reading), str(roster.fd)),
                ],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=(reading, roster.fd),
                env={},
                start_new_session=True,
            )
        except BaseException:
            self.let_go()
            raise
        finally:
            os.close(reading)
        self.pid = program.pid
        # Waited for by nobody but `is_alive`.
        program.returncode = 0

    @property
    def is_alive(self) -> bool:
        """Whether it still watches."""
        try:
            return os.waitpid(self.pid, os.WNOHANG) == (0, 0)
        except ChildProcessError:
            return False

    def let_go(self) -> None:
        """Close our end of the pipe: of one that died or, in a fork of ours, guards another."""
        os.close(self._lifeline)


class Guarding:
    """The guardian of this process, started with the first child, and the roster it reads."""

    def __init__(self) -> None:
        self.guardian: Guardian | None = None
        self._roster: Roster | None = None
        os.register_at_fork(after_in_child=self._forked)

    def roster(self) -> Roster | None:
        """The roster, once a guardian is alive that reads it; None where none can be started."""
        if self._roster is not None and self.guardian is not None:
            if self.guardian.is_alive:
                return self._roster
            self.guardian.let_go()
            self.guardian = None
        try:
            self._roster = self._roster or Roster()
            self.guardian = Guardian(self._roster)
        except OSError:
            return None
        return self._roster

    def _forked(self) -> None:
        if self.guardian is not None:
            self.guardian.let_go()
        if self._roster is not None:
            self._roster.close()
        self.guardian = self._roster = None


guarding = Guarding()
