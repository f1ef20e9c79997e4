"""A wait in place for a child that is as good as over: to be woken for it takes more time."""

from __future__ import annotations

import select

LONGEST = 1
"""Milliseconds that nothing else of the program has its turn: as few as `poll` can be told."""

MOST_LEFT_OUT = 128
"""Looks that wait for nothing after one that waited in vain: twice as many each time, up to so."""

FORGIVEN = 0.9
"""
What one that paid makes of that number.

One child in a hundred that was kept from ending in time is soon forgotten; where one in eight
lives longer the number stays at its most.
"""


class Glance:
    """
    Looks whether a child ended, and gives it a moment to do so as long as that pays.

    Attributes:
        left_out: How many looks to come do not wait.
    """

    def __init__(self) -> None:
        self.left_out = 0
        self._next_left_out = 1.0

    def sees_end(self, fd: int) -> bool:
        """Whether *fd*, the exit descriptor of a child, is readable, now or in a moment."""
        look = select.poll()
        look.register(fd, select.POLLIN)
        if self.left_out:
            self.left_out -= 1
            return bool(look.poll(0))
        has_ended = bool(look.poll(LONGEST))
        if has_ended:
            self._next_left_out = max(1.0, self._next_left_out * FORGIVEN)
        else:
            self.left_out = int(self._next_left_out)
            self._next_left_out = min(self._next_left_out * 2, MOST_LEFT_OUT)
        return has_ended


glance = Glance()
