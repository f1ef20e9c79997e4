"""What every test of procman starts from."""

from __future__ import annotations

import pytest

from procman._process.guardian import guarding
from procman._process.reserve import reserve


@pytest.fixture(scope="session", autouse=True)
def guardian() -> None:
    """Is started with the first child and stays: no test is to take it for a leak."""
    assert guarding.roster() is not None
    reserve.fill()
