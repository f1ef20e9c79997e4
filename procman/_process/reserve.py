"""Descriptors kept back, so that children can be ended when no other is left."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

NONE_LEFT = (errno.EMFILE, errno.ENFILE)

KEPT = 2
"""A process of the tree and its line of the process table are open at once."""


class Reserve:
    """Opened with the first child; what is done with it must not await."""

    def __init__(self) -> None:
        self._fds: list[int] = []
        # A daemon closes what it does not know.
        os.register_at_fork(after_in_child=self._close)

    def fill(self) -> None:
        """Keep back what is not kept back yet, if there is so much."""
        while len(self._fds) < KEPT:
            try:
                self._fds.append(os.open(os.devnull, os.O_RDONLY))
            except OSError:
                return

    def null(self) -> int:
        """
        A descriptor that is at end of file: to be inherited, not to be closed.

        Raises:
            OSError: there is none, and none left to open.
        """
        if not self._fds:
            self._fds.append(os.open(os.devnull, os.O_RDONLY))
        return self._fds[0]

    def back(self, look: Callable[[], T]) -> T:
        """What *look* returns; with what is kept back, should no descriptor be left for it."""
        try:
            return look()
        except OSError as error:
            if error.errno not in NONE_LEFT or not self._fds:
                raise
        self._close()
        try:
            return look()
        finally:
            self.fill()

    def _close(self) -> None:
        for fd in self._fds:
            os.close(fd)
        self._fds.clear()


reserve = Reserve()
