"""Named scenarios: what may go wrong with Fly, each in one sentence and as faults."""

from __future__ import annotations

from difflib import get_close_matches

from provision.local.world.scenarios.account import ACCOUNT
from provision.local.world.scenarios.apps import APPS
from provision.local.world.scenarios.client import CLIENT
from provision.local.world.scenarios.internet import INTERNET
from provision.local.world.scenarios.scenario import Scenario
from provision.local.world.scenarios.traffic import TRAFFIC

SCENARIOS: dict[str, Scenario] = ACCOUNT | TRAFFIC | APPS | INTERNET | CLIENT
"""Every scenario, by its name."""


class UnknownScenario(Exception):
    """
    Raised by `faults.tell` for a name that is no scenario's.

    Attributes:
        name: The name.
        nearest: The nearest one that is, or "".
    """

    def __init__(self, name: str, nearest: str) -> None:
        super().__init__(name, nearest)
        self.name = name
        self.nearest = nearest

    def __str__(self) -> str:
        hint = f"; did you mean {self.nearest!r}?" if self.nearest else ""
        return f"no scenario is called {self.name!r}{hint} (all are in scenarios.SCENARIOS)"


def named(name: str) -> Scenario:
    """
    Return the scenario *name*.

    Raises:
        UnknownScenario: There is none; names the nearest.
    """
    if name not in SCENARIOS:
        nearest = get_close_matches(name, SCENARIOS, n=1)
        raise UnknownScenario(name, nearest[0] if nearest else "")
    return SCENARIOS[name]
