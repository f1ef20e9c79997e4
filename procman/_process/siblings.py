"""Our latest children: what is known to descend from none of the others."""

from __future__ import annotations

import threading
import time

LATEST = 1024


class Siblings:
    """
    Pids, each with the moment from which it names a child of ours.

    Told of by whatever thread starts them, before anybody could take them for a stranger.
    """

    def __init__(self) -> None:
        self._moments: dict[int, float] = {}
        self._lock = threading.Lock()

    def add(self, pid: int) -> None:
        """Know *pid* for a child of ours from now on."""
        with self._lock:
            # What was added first stands first, also where a pid was given out again.
            self._moments.pop(pid, None)
            self._moments[pid] = time.monotonic()
            if len(self._moments) > LATEST:
                del self._moments[next(iter(self._moments))]

    def has(self, pid: int, since: float) -> bool:
        """Whether *pid* was added after *since*, by `time.monotonic`: before it named another."""
        return self._moments.get(pid, 0.0) >= since


siblings = Siblings()
