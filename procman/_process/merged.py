"""Both streams of a child in one."""

from __future__ import annotations

from attrs import frozen

from procman._process.keep import Kept
from procman.secret import Bytes


class Merged:
    """
    What came, in order of arrival, bounded; and of each byte whose it is.

    Attributes:
        content: What came.
        origins: Of each byte of it the number of its stream.
    """

    def __init__(self, limit: int) -> None:
        self.content = Kept(limit)
        self.origins = Kept(limit)

    def stream(self, number: int) -> Tributary:
        """Where what comes from the stream of that number goes in."""
        return Tributary(self, number)


@frozen
class Tributary:
    """One of the streams that flow into another."""

    _merged: Merged
    _number: int

    def feed(self, data: Bytes) -> None:
        """Take what came next."""
        self._merged.content.feed(memoryview(data))
        self._merged.origins.feed(memoryview(bytes([self._number]) * len(data)))

    def close(self) -> None:
        """Know that nothing comes any more."""
