"""What SIGINT and SIGTERM do to a command: it is interrupted, though not while it writes."""

from __future__ import annotations

import signal

from provision.local.standin.failure import Interrupted
from provision.local.world import World

AGAIN = 0.001
"""Seconds between two looks at a signal that came while something was written."""


def heed_signals(world: World | None = None) -> None:
    """
    Have SIGINT and SIGTERM raise `Interrupted` in whatever is done.

    Within a transaction they have to wait for its end: it would be left open, and with it would
    be lost whatever a command does about its interruption.

    Args:
        world: Whose transactions; None while there is none.
    """
    is_due = False

    def interrupt(number: int, _frame: object) -> None:
        nonlocal is_due
        if number == signal.SIGALRM and not is_due:
            return
        is_due = world is not None and world.in_transaction
        signal.setitimer(signal.ITIMER_REAL, AGAIN if is_due else 0, AGAIN)
        if not is_due:
            raise Interrupted

    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM):
        signal.signal(each, interrupt)
