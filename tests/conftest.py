"""Every asynchronous test runs on asyncio and on trio."""

from __future__ import annotations

import gc
import math
import signal
import sys
from collections.abc import Sequence
from operator import itemgetter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# For `benchmarks`, which is not installed; what is installed comes first.
sys.path.append(str(Path(__file__).parent.parent))

pytest_plugins = ["procman.testing.pytest_plugin", "pytester"]


# A shell starts what has a `&` with SIGINT ignored, which every child of a test would inherit.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


# Collecting tests makes hardly any garbage, and looking for it takes a third of the time.
gc.disable()


def pytest_collection_finish() -> None:
    """From here on look for garbage, though not among the tests."""
    gc.freeze()
    gc.enable()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """
    Deal the tests that take long among the workers, and spread them among the others.

    A worker begins with a piece of the list, and takes from others when that is done. So the
    processors are busy while some tests wait, and those that share a fixture stay together.
    """
    workers = getattr(config, "workerinput", {}).get("workercount", 1)
    long = [item for item in items if item.get_closest_marker("long")]
    short = [item for item in items if not item.get_closest_marker("long")]
    each = math.ceil(len(short) / workers)
    items.clear()
    for worker in range(workers):
        items += _spread(long[worker::workers], short[worker * each : (worker + 1) * each])


def _spread(*lists: Sequence[pytest.Item]) -> list[pytest.Item]:
    """All that is in *lists*, each of them evenly over the whole and in its order."""
    placed = [(place / len(each), item) for each in lists for place, item in enumerate(each)]
    return [item for _, item in sorted(placed, key=itemgetter(0))]


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> str:
    backend: str = request.param
    return backend


# How fast a machine is decides nothing. Each run of the suite looks at other examples.
settings.register_profile(
    "any-machine", deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any-machine")
