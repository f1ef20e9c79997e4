"""A little of what `python -m tests.procman.soak` does a lot of."""

from __future__ import annotations

import pytest

from tests.procman.soak import soaked

pytestmark = pytest.mark.anyio


async def test_steps_that_end_in_every_way_leave_nothing(anyio_backend: str) -> None:
    """No process, no descriptor, no thread, no file; a seed gives the same steps again."""
    ended, left = await soaked(anyio_backend, seed=73, steps=100, parents=1)

    assert left == []
    assert ended.total() == 101
    # Each kind of end was among them.
    assert len(ended) == 8
