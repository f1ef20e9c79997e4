"""Every asynchronous test runs on asyncio and on trio."""

from __future__ import annotations

import pytest
from hypothesis import settings

pytest_plugins = ["procman.testing.pytest_plugin", "pytester"]


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> str:
    backend: str = request.param
    return backend


settings.register_profile("any-machine", deadline=None)
settings.load_profile("any-machine")
