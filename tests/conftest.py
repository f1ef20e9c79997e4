"""Every asynchronous test runs on asyncio and on trio."""

from __future__ import annotations

import gc
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# For `benchmarks`, which is not installed; what is installed comes first.
sys.path.append(str(Path(__file__).parent.parent))

pytest_plugins = ["procman.testing.pytest_plugin", "pytester"]


# Collecting tests makes hardly any garbage, and looking for it takes a third of the time.
gc.disable()


def pytest_collection_finish() -> None:
    """From here on look for garbage, though not among the tests."""
    gc.freeze()
    gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the tests that wait for long: meanwhile others compute."""
    items.sort(key=lambda item: item.get_closest_marker("long_wait") is None)


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> str:
    backend: str = request.param
    return backend


# How fast a machine is decides nothing.
settings.register_profile(
    "any-machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any-machine")
