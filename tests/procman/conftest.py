"""What every test of procman starts from."""

from __future__ import annotations

import anyio
import pytest

from procman import Containment, Step, command, run_step, whole


@pytest.fixture(scope="session", autouse=True)
def first_child() -> None:
    """What is opened with the first child stays: no test is to take it for a leak."""
    output = anyio.run(run_step, Step("first", command("true"), whole))

    assert output.ending.containment is Containment.GUARDIAN
