"""When a step is tried again, as data."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Protocol, runtime_checkable

from attrs import frozen


@runtime_checkable
class SaysWhen(Protocol):
    """An error that knows how long to wait, e.g. from an HTTP ``Retry-After``."""

    @property
    def retry_after(self) -> float | None:
        """Seconds to wait; None if it does not know after all."""


@frozen(kw_only=True)
class Retry:
    """
    Which errors are worth another attempt, how many, and how long to wait between them.

    Attributes:
        on: The errors, as classes or as a predicate; nothing else is retried.
        attempts: How many in all, the first included.
        delay: Seconds before the second attempt.
        factor: What each further delay is multiplied by.
        max_delay: Seconds no delay exceeds.
        jitter: The share of a delay that is left to chance: 0.5 draws from half to whole.
        seed: Makes the drawn delays repeatable.
    """

    on: type[Exception] | tuple[type[Exception], ...] | Callable[[Exception], bool]
    attempts: int = 3
    delay: float = 0.1
    factor: float = 2.0
    max_delay: float = 30.0
    jitter: float = 0.5
    seed: int | None = None

    def wants(self, error: Exception) -> bool:
        """Whether *error* is worth another attempt."""
        if isinstance(self.on, type | tuple):
            return isinstance(error, self.on)
        return self.on(error)

    def delays(self) -> Iterator[float]:
        """The seconds to wait before the second attempt, the third, and so on."""
        chance = random.Random(self.seed)  # noqa: S311 - not for cryptography
        delay = self.delay
        for _ in range(self.attempts - 1):
            bounded = min(delay, self.max_delay)
            yield bounded * (1 - self.jitter * chance.random())
            delay *= self.factor


def delay_before_next(delays: Iterator[float], error: Exception) -> float | None:
    """
    Seconds until the next attempt; None if there is none.

    An error that says when has the last word, where it asks for more than the policy.
    """
    delay = next(delays, None)
    if delay is None or not isinstance(error, SaysWhen):
        return delay
    return max(delay, error.retry_after or 0.0)


NEVER = Retry(on=(), attempts=1)
