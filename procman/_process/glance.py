"""A wait in place for a child that is as good as over: to be woken for it takes more time."""

from __future__ import annotations

import select

LONGEST = 1
"""Milliseconds that nothing else of the program has its turn: as few as `poll` can be told."""

LEFT_OUT = 100
"""Looks that wait for nothing after one that waited in vain: its kind lives longer."""


class Glance:
    """
    Looks whether a child ended, and gives it a moment to do so as long as that pays.

    Attributes:
        left_out: How many looks to come do not wait.
    """

    def __init__(self) -> None:
        self.left_out = 0

    def sees_end(self, fd: int) -> bool:
        """Whether *fd*, the exit descriptor of a child, is readable, now or in a moment."""
        look = select.poll()
        look.register(fd, select.POLLIN)
        if self.left_out:
            self.left_out -= 1
            return bool(look.poll(0))
        has_ended = bool(look.poll(LONGEST))
        if not has_ended:
            self.left_out = LEFT_OUT
        return has_ended


glance = Glance()
