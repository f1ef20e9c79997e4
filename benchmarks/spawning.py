"""Spawning and capturing a child that does nothing, again and again."""

from __future__ import annotations

import asyncio
import os
import resource
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from functools import partial

import anyio

from benchmarks.apart import apart
from benchmarks.c_reference import seconds_of
from benchmarks.comparison import Against, Comparison, Missing
from procman import Context, Step, Workflow, command, whole

PROGRAM = "/bin/true"
TIMES = 1000
WIDTHS = (1, 2, 8, 32)
BALLAST = 500
"""MiB that a large parent holds."""

Spawn = Callable[[], Awaitable[object]]


async def _repeat(spawn: Spawn, times: int, width: int) -> None:
    """Await *spawn* so many times, *width* at once."""
    left = iter(range(times))

    async def worker() -> None:
        for _ in left:
            await spawn()

    async with anyio.create_task_group() as tasks:
        for _ in range(width):
            tasks.start_soon(worker)


async def _seconds(spawn: Spawn, width: int, *, of_cpu: bool) -> float:
    await _repeat(spawn, max(width, 10), width)
    now = _own_cpu if of_cpu else time.perf_counter
    began = now()
    await _repeat(spawn, TIMES, width)
    return now() - began


def _own_cpu() -> float:
    """Of this process alone, its children not counted."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def ours(
    backend: str, width: int, *, guarded: bool = True, of_cpu: bool = False, ballast: int = 0
) -> float:
    """Steps of one job; *ballast* MiB are held meanwhile."""
    held = b"x" * (ballast * 1024 * 1024)
    step = Step("true", command(PROGRAM, guarded=guarded), whole)
    workflow = Workflow("spawning")

    async def job(context: Context) -> float:
        return await _seconds(partial(context.run, step), width, of_cpu=of_cpu)

    handle = workflow.job(job)
    run = anyio.run(workflow.run, backend=backend)
    if error := run.error(handle):
        raise error
    del held
    return run.result(handle)


def anyio_run_process(width: int, *, of_cpu: bool = False) -> float:
    """The same by anyio, on asyncio."""
    spawn = partial(anyio.run_process, [PROGRAM], start_new_session=True)
    return anyio.run(partial(_seconds, spawn, width, of_cpu=of_cpu))


def trio_run_process(width: int) -> float:
    """The same by trio."""
    try:
        import trio  # noqa: PLC0415 - may be missing
    except ImportError:
        raise Missing("trio is not installed") from None

    async def main() -> float:
        spawn = partial(
            trio.run_process,
            [PROGRAM],
            capture_stdout=True,
            capture_stderr=True,
            start_new_session=True,
        )
        return await _seconds(spawn, width, of_cpu=False)

    return trio.run(main)


def processkit_run(width: int) -> float:
    """The same by processkit-py, on asyncio."""
    try:
        import processkit  # noqa: PLC0415 - may be missing
    except ImportError:
        raise Missing("processkit-py is not installed") from None
    program = processkit.Command(PROGRAM)
    return anyio.run(partial(_seconds, program.aoutput_bytes, width, of_cpu=False))


def loop_alone(width: int) -> float:
    """The same by nothing but a loop of asyncio and `os.posix_spawn`: what Python itself takes."""
    if sys.platform != "linux":
        raise Missing("no descriptor tells here that a child ended")
    null = os.open(os.devnull, os.O_RDONLY)
    spawn = partial(_posix_spawn, null, dict(os.environb))
    seconds = anyio.run(partial(_seconds, spawn, width, of_cpu=False))
    os.close(null)
    return seconds


async def _posix_spawn(null: int, environ: Mapping[bytes, bytes]) -> tuple[bytes, bytes]:
    """Both streams of a child that prints little, read when it ended."""
    loop = asyncio.get_running_loop()
    (stdout, their_stdout), (stderr, their_stderr) = os.pipe(), os.pipe()
    streams = enumerate((null, their_stdout, their_stderr))
    actions = [(os.POSIX_SPAWN_DUP2, theirs, number) for number, theirs in streams]
    pid = os.posix_spawn(  # noqa: ASYNC221 - as quick as it gets
        PROGRAM, [PROGRAM], environ, file_actions=actions, setsid=True
    )
    os.close(their_stdout)
    os.close(their_stderr)
    exit_fd = os.pidfd_open(pid)
    ended = loop.create_future()
    loop.add_reader(exit_fd, ended.set_result, None)
    await ended
    loop.remove_reader(exit_fd)
    printed = os.read(stdout, 65536), os.read(stderr, 65536)
    for fd in (stdout, stderr, exit_fd):
        os.close(fd)
    os.waitid(os.P_PID, pid, os.WEXITED)  # noqa: ASYNC222 - it ended
    return printed


def in_c(width: int) -> float:
    """The same in C."""
    return seconds_of("spawn_loop", str(TIMES), str(width), PROGRAM)


def _at(width: int) -> tuple[Comparison, ...]:
    what = f"spawn and capture {PROGRAM} {TIMES} times, {width} at once"
    in_c_now = partial(in_c, width)
    anyio_now = apart(anyio_run_process, width)
    processkit_now = apart(processkit_run, width)
    return (
        Comparison(
            f"spawn-{width}",
            f"{what}, asyncio",
            apart(ours, "asyncio", width),
            peers=(
                Against("posix_spawn in C", in_c_now, 1.5),
                Against("anyio.run_process", anyio_now, 0.75),
                Against("processkit-py", processkit_now, 0.3),
            ),
        ),
        Comparison(
            f"spawn-bare-{width}",
            f"{what}, asyncio, not guarded",
            apart(ours, "asyncio", width, guarded=False),
            peers=(Against("posix_spawn in C", in_c_now, 1.35),),
        ),
        Comparison(
            f"spawn-loop-{width}",
            f"{what}, by os.posix_spawn on a loop of asyncio, not by procman",
            apart(loop_alone, width),
            peers=(
                Against("posix_spawn in C", in_c_now, None),
                Against("anyio.run_process", anyio_now, None),
                Against("processkit-py", processkit_now, None),
            ),
        ),
        Comparison(
            f"spawn-trio-{width}",
            f"{what}, trio",
            apart(ours, "trio", width),
            peers=(Against("trio.run_process", apart(trio_run_process, width), 0.9),),
        ),
        Comparison(
            f"spawn-cpu-{width}",
            f"{what}, asyncio: CPU of the parent",
            apart(ours, "asyncio", width, of_cpu=True),
            peers=(
                Against("anyio.run_process", apart(anyio_run_process, width, of_cpu=True), 0.55),
            ),
        ),
    )


COMPARISONS = (
    *(comparison for width in WIDTHS for comparison in _at(width)),
    Comparison(
        "spawn-large-parent",
        f"spawn and capture {PROGRAM} {TIMES} times, 8 at once, from a parent of {BALLAST} MiB",
        apart(ours, "asyncio", 8, ballast=BALLAST),
        peers=(Against("the same, small", apart(ours, "asyncio", 8), 1.05),),
        rounds=15,
    ),
)
