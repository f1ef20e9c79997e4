"""The second signal: whoever waits for a child to obey stops waiting."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import anyio


class Hurry:
    """Cuts short every grace that is under way, and those to come."""

    def __init__(self) -> None:
        self._is_on = False
        self._graces: set[anyio.CancelScope] = set()

    def begin(self) -> None:
        """From now on no child is given time to obey."""
        self._is_on = True
        for scope in self._graces:
            scope.cancel()

    @contextmanager
    def grace(self, seconds: float) -> Iterator[anyio.CancelScope]:
        """A scope that ends after *seconds*, or at once when there is no time left."""
        with anyio.move_on_after(0 if self._is_on else seconds) as scope:
            self._graces.add(scope)
            try:
                yield scope
            finally:
                self._graces.discard(scope)


class HurryUntil(Hurry):
    """The same hurry, for what must be over by *ends_at*: no grace goes beyond it."""

    def __init__(self, hurry: Hurry, ends_at: float) -> None:
        super().__init__()
        self._hurry = hurry
        self._ends_at = ends_at

    @contextmanager
    def grace(self, seconds: float) -> Iterator[anyio.CancelScope]:
        """As `Hurry.grace`."""
        left = max(0.0, self._ends_at - anyio.current_time())
        with self._hurry.grace(min(seconds, left)) as scope:
            yield scope
