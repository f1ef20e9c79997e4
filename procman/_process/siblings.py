"""Our latest children: what is known to descend from none of the others."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Iterable

LATEST = 1024


class Siblings:
    """
    Pids, each with the moment from which it names a child of ours.

    Told of by whatever thread starts them, before anybody could take them for a stranger.
    """

    def __init__(self) -> None:
        self._moments = OrderedDict[int, float]()
        self._lock = threading.Lock()

    def add(self, pid: int) -> None:
        """Know *pid* for a child of ours from now on."""
        with self._lock:
            # What was added first stands first, also where a pid was given out again.
            self._moments.pop(pid, None)
            self._moments[pid] = time.monotonic()
            if len(self._moments) > LATEST:
                self._moments.popitem(last=False)

    def strangers(self, pids: Iterable[int], since: float) -> list[int]:
        """
        Those of *pids* that were not added after *since*, by `time.monotonic`.

        What was added before may have named another child then.
        """
        added = self._moments.get
        return [pid for pid in pids if added(pid, 0.0) < since]


siblings = Siblings()
