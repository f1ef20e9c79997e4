"""A wait in place: it is short, not repeated in vain, and takes nobody's turn."""

from __future__ import annotations

import os
from collections.abc import Iterator

import anyio
import anyio.lowlevel
import pytest

from procman import Context, Step, Workflow, command
from procman._process.glance import MOST_LEFT_OUT, Glance, glance


@pytest.fixture(name="pipe")
def _pipe() -> Iterator[tuple[int, int]]:
    reading, writing = os.pipe()
    with open(reading, "rb"), open(writing, "wb"):  # noqa: PTH123 - they are descriptors
        yield reading, writing


def test_an_end_is_seen(pipe: tuple[int, int]) -> None:
    """However often it is looked for."""
    reading, writing = pipe
    os.write(writing, b"x")
    glance = Glance()

    assert [glance.sees_end(reading) for _ in range(3)] == [True] * 3
    assert glance.left_out == 0


def test_waits_in_vain_become_rare(pipe: tuple[int, int]) -> None:
    """Twice as many looks wait for nothing each time, up to a bound."""
    reading, _ = pipe
    glance = Glance()

    left_out = []
    for _ in range(9):
        assert not glance.sees_end(reading)
        left_out.append(glance.left_out)
        glance.left_out = 0

    assert left_out == [1, 2, 4, 8, 16, 32, 64, MOST_LEFT_OUT, MOST_LEFT_OUT]


def test_an_end_is_seen_without_a_wait(pipe: tuple[int, int]) -> None:
    """As long as nobody has to wait for it; and every look that does not wait counts."""
    reading, writing = pipe
    glance = Glance()
    glance.left_out = 2
    os.write(writing, b"x")

    assert [glance.sees_end(reading), glance.sees_end(reading)] == [True, True]
    assert glance.left_out == 0


def test_a_wait_in_vain_is_forgotten_in_time(pipe: tuple[int, int]) -> None:
    """By those that pay: one child that was kept from ending says nothing of the next hundred."""
    reading, writing = pipe
    glance = Glance()
    for _ in range(3):
        assert not glance.sees_end(reading)
        glance.left_out = 0
    os.write(writing, b"x")
    assert all(glance.sees_end(reading) for _ in range(30))
    os.read(reading, 1)

    assert not glance.sees_end(reading)
    assert glance.left_out == 1


@pytest.mark.anyio
async def test_steps_that_are_over_at_once_leave_others_their_turns() -> None:
    """One after another, without a pause: a task beside them goes on between any two."""
    turns = 0

    async def take_turns() -> None:
        nonlocal turns
        while True:
            turns += 1
            await anyio.lowlevel.checkpoint()

    async def job(context: Context) -> None:
        for number in range(20):
            glance.left_out = 0
            await context.run(Step("x", command("true")))
            assert turns > number

    workflow = Workflow("x")
    workflow.job(job)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(take_turns)
        (await workflow.run()).check()
        tasks.cancel_scope.cancel()
