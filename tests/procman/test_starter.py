"""Starting here and in a thread."""

from __future__ import annotations

import os
import sys
import threading
import time
from pathlib import Path

import anyio
import pytest

from procman import CommandNotFound, Step, command, run_step, whole
from procman._process import starter as starting
from procman._process.starter import Starter, starter
from tests.procman.children import is_alive, open_descriptors, shell

pytestmark = pytest.mark.anyio

CANCELLED = """
import asyncio, os, sys, threading
from procman import command
from procman._process.environment import environment_of
from procman._process.launch import launched
from procman._process.starter import Starter

begun, go = threading.Event(), threading.Event()
pids = []

def start():
    begun.set()
    go.wait()
    argv = ["sleep", "60"]
    environment = environment_of(command("sleep"), "x")
    null = os.open(os.devnull, os.O_RDWR)
    pids.append(launched(argv, environment, None, (null,) * 3, ()).execute())
    return pids[0]

async def main():
    starter = Starter()
    starter._busy_until = float("inf")
    starter.running = 1
    task = asyncio.create_task(starter.start(start))
    while not begun.is_set():
        await asyncio.sleep(0.001)
    task.cancel()
    threading.Timer(0.05, go.set).start()
    try:
        await task
    except asyncio.CancelledError:
        print("cancelled", os.path.exists(f"/proc/{pids[0]}"))

asyncio.run(main())
"""


def slow() -> int:
    time.sleep(2 * starting.SLOW)
    return threading.get_ident()


async def test_a_start_that_takes_long_has_the_next_ones_made_in_threads(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """For as long as the machine is taken to be busy."""
    monkeypatch.setattr(starting, "PROCESSORS", -starting.OURS)
    monkeypatch.setattr(starting, "BUSY_FOR", 60)
    here, starter = threading.get_ident(), Starter()
    starter.running = 1

    threads = [await starter.start(launch) for launch in (threading.get_ident, slow, slow)]
    monkeypatch.setattr(starting, "BUSY_FOR", 0)
    threads += [await starter.start(launch) for launch in (slow, threading.get_ident)]

    assert [thread == here for thread in threads] == [True, True, False, False, True]


async def test_a_start_that_waits_for_children_of_ours_changes_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """They have to have their turns anyway."""
    monkeypatch.setattr(starting, "PROCESSORS", 1_000_000)
    starter = Starter()

    threads = [await starter.start(launch) for launch in (slow, threading.get_ident)]

    assert threads == [threading.get_ident()] * 2


async def test_children_that_run_are_counted() -> None:
    """From their start until they are reaped."""
    # One that an earlier test left unkillable is reaped before the next is started.
    await run_step(Step("x", shell("exit 0")))
    before = starter.running

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(run_step, Step("x", shell("sleep 60")))
        with anyio.fail_after(10):
            while starter.running == before:
                await anyio.sleep(0.001)
        tasks.cancel_scope.cancel()

    assert starter.running == before


async def test_p75_the_cancellation_of_a_task_loses_no_child(tmp_path: Path) -> None:
    """P75: asyncio's own goes through every shield; the child is there, then it is not."""
    path = os.pathsep.join(sys.path)
    argv = [sys.executable, "-c", CANCELLED, str(tmp_path)]

    done = await anyio.run_process(argv, env={**os.environ, "PYTHONPATH": path}, stderr=None)

    assert done.stdout == b"cancelled False\n"


@pytest.mark.parametrize("after", [0, 0.0005, 0.001, 0.002, 0.005, 0.01])
async def test_p32_cancellation_of_a_start_in_a_thread(
    after: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P32, P75: wherever it hits, nothing is left."""
    monkeypatch.setattr(starter, "_busy_until", float("inf"))
    monkeypatch.setattr(starter, "running", 1)
    before = open_descriptors()

    with anyio.move_on_after(after) as scope:
        await run_step(Step("x", shell(f"echo $$ > {tmp_path}/pid; exec sleep 60")))

    assert scope.cancelled_caught
    assert open_descriptors() == before
    if (tmp_path / "pid").exists() and (pid := (tmp_path / "pid").read_text()):
        assert not is_alive(int(pid))


async def test_p12_many_starts_in_threads_leave_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """P12: also a refusal is told as one."""
    monkeypatch.setattr(starter, "_busy_until", float("inf"))
    monkeypatch.setattr(starter, "running", 1)
    before = open_descriptors()

    async with anyio.create_task_group() as tasks:
        for number in range(40):
            step = Step("x", shell(f"exit {number}"), whole, ok=(number,))
            tasks.start_soon(run_step, step)

        with pytest.raises(CommandNotFound):
            await run_step(Step("y", command("no-such-program")))

    assert open_descriptors() == before
