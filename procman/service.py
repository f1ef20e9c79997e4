"""A child that runs beside the steps: ready when its probe says so, restarted by policy."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator

from attrs import field, frozen

from procman.command import Command
from procman.probes import Probe, Readiness, Started
from procman.step import Capture


class RestartWhen(enum.Enum):
    """Which ends of a service are followed by another start."""

    NEVER = "never"
    ON_FAILURE = "on failure"
    """Any but exit code 0; a failed liveness probe is a failure."""

    ALWAYS = "always"


@frozen(kw_only=True)
class Restart:
    """
    Whether and how a service that ended by itself is started again.

    Attributes:
        when: After which ends.
        limit: How often in all; one more end is the service's failure.
        delay: Seconds before the first restart.
        factor: What each further delay is multiplied by.
        max_delay: Seconds no delay exceeds.
    """

    when: RestartWhen = RestartWhen.NEVER
    limit: int = 5
    delay: float = 0.1
    factor: float = 2.0
    max_delay: float = 30.0

    def delays(self) -> Iterator[float]:
        """The seconds before each restart, as many as there may be."""
        delay = self.delay
        for _ in range(self.limit):
            yield min(delay, self.max_delay)
            delay *= self.factor


class OnDeath(enum.Enum):
    """What the end of a service, restarts included, does to those who use it."""

    CANCEL = "cancel"
    """They are cancelled, and the failure of the service is raised."""

    TELL = "tell"
    """They go on; `RunningService.failure` tells."""


@frozen(kw_only=True)
class Liveness:
    """
    How a service that is ready is asked whether it still works.

    Attributes:
        probe: What to ask.
        initial_delay: Seconds after it was ready before it is first asked.
        period: Seconds between two questions.
        timeout: Seconds one question may take.
        success_threshold: Answers in a row that make up for failures.
        failure_threshold: Failures in a row that end it.
    """

    probe: Probe
    initial_delay: float = 0.0
    period: float = 10.0
    timeout: float = 1.0
    success_threshold: int = 1
    failure_threshold: int = 3


@frozen
class Service:
    """
    A supervised child that runs beside steps and ends with its scope.

    Attributes:
        name: Dotted and stable; events carry it.
        command: What to run; or a function of a port that was free a moment ago, for a program
            that is told where to listen. Each start gets another port.
        ready: What makes it ready.
        ready_timeout: Seconds from its start until it must be ready.
        alive: How it is asked whether it still works; None does not ask.
        restart: What follows when it ends by itself.
        on_death: What its end does to those who use it.
        capture: What is kept of what it prints.
        live: Whether hooks are told line by line what it prints.
    """

    name: str
    command: Command | Callable[[int], Command]
    ready: Readiness = field(default=Started(), kw_only=True)
    ready_timeout: float = field(default=30.0, kw_only=True)
    alive: Liveness | None = field(default=None, kw_only=True)
    restart: Restart = field(default=Restart(), kw_only=True)
    on_death: OnDeath = field(default=OnDeath.CANCEL, kw_only=True)
    capture: Capture = field(default=Capture(), kw_only=True)
    live: bool = field(default=False, kw_only=True)
