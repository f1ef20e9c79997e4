"""A child that prints a lot: kept in bounds, told line by line, spilled to a file."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import anyio

from benchmarks.apart import apart
from benchmarks.comparison import Against, Comparison, Missing, Unit
from procman import Capture, Command, Event, OutputLines, Secret, Step, command, nothing, run_step

LINE = 100
"""Bytes of a line, its end among them."""

SIZE = 2**30 // LINE * LINE
"""Bytes that are printed: a gibibyte of whole lines."""

PIECE = 65536
WIDE = 1048576
"""Bytes that a loop reads at once, and that its pipe holds."""

SLOW_SHARE = 16
"""A peer that is slower by a magnitude is given so much less, and its time is multiplied."""

WRITES = (64, 8)
"""
KiB that are printed at a time: as much as a pipe holds, and what Python's own stdout collects.

It decides who waits for whom: of small writes the printer is the bottleneck, and its reader gets
each while the processor still has it at hand.
"""

PRINTER = """
import os, sys
line = b"x" * 99 + b"\\n"
lines, at_once = map(int, sys.argv[1:])
block = line * at_once
for _ in range(lines // at_once):
    os.write(1, block)
os.write(1, line * (lines % at_once))
"""


def _printer(write: int, size: int = SIZE) -> tuple[str, ...]:
    at_once = write * 1024 // LINE
    return (sys.executable, "-S", "-E", "-c", PRINTER, str(size // LINE), str(at_once))


def _command(write: int, env: Mapping[str, Secret] | None = None) -> Command:
    return command(*_printer(write), env=env)


def _seconds(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def _run(step: Step[Any], hook: Callable[[Event], None] | None = None) -> float:
    """Seconds that *step* takes in a program that has run another before."""

    async def main() -> float:
        await run_step(Step("idle", command("true")))
        began = time.perf_counter()
        await run_step(step, hooks=[] if hook is None else [hook])
        return time.perf_counter() - began

    return anyio.run(main)


def ours(write: int) -> float:
    """Kept in bounds, nothing else."""
    return _run(Step("flood", _command(write), nothing))


def our_lines(write: int, secret: str = "") -> float:
    """Every line told to a hook, redacted if there is a *secret*."""
    lines = 0

    def count(event: Event) -> None:
        nonlocal lines
        if isinstance(event, OutputLines):
            lines += len(event.lines)

    env = {"SECRET": Secret(secret)} if secret else None
    step = Step("flood", _command(write, env), nothing, live=True, timeout=600)
    taken = _run(step, count)
    if lines != SIZE // LINE:
        raise ValueError(f"{lines} lines were told")
    return taken


def our_spill(write: int) -> float:
    """All of it in a file as well."""
    with tempfile.TemporaryDirectory() as folder:
        capture = Capture(spill=Path(folder))
        step = Step("flood", _command(write), nothing, capture=capture, timeout=600)
        taken = _run(step)
        if (Path(folder) / "stdout").stat().st_size != SIZE:
            raise ValueError("not all of it was spilled")
    return taken


def our_memory(write: int) -> float:
    """MiB by which our memory grew at most, over what one step that prints nothing left."""
    _run(Step("idle", command("true")))
    # Has the kernel forget the peak so far (proc_pid_clear_refs(5)).
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    before = _kibibytes("VmRSS")
    ours(write)
    return (_kibibytes("VmHWM") - before) / 1024


def _kibibytes(name: str) -> int:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    (line,) = (line for line in status.splitlines() if line.startswith(name))
    return int(line.split()[1])


def cat(write: int, path: str = os.devnull) -> float:
    """The same child, its pipe read by ``cat``, which writes it to *path*."""
    pipeline = ("sh", "-c", '"$@" | cat > "$0"', path, *_printer(write))
    return _seconds(partial(subprocess.run, pipeline, check=True))


def cat_to_file(write: int) -> float:
    """The same with a file, as little as it takes to have a pipe's content in one."""
    with tempfile.NamedTemporaryFile() as file:
        return cat(write, file.name)


def to_file(write: int) -> float:
    """The same child, writing a file itself."""
    with tempfile.TemporaryFile() as file:
        return _seconds(partial(subprocess.run, _printer(write), stdout=file, check=True))


def read_alone(write: int) -> float:
    """The same child, its pipe widened and read by a loop that does nothing else."""
    if sys.platform != "linux":
        raise Missing("a pipe cannot be widened here")
    buffer = bytearray(PIECE)

    def read() -> None:
        ours, theirs = os.pipe()
        fcntl.fcntl(ours, fcntl.F_SETPIPE_SZ, WIDE)
        with subprocess.Popen(_printer(write), stdout=theirs):
            os.close(theirs)
            while os.readv(ours, [buffer]):
                pass
        os.close(ours)

    return _seconds(read)


def split_alone(write: int) -> float:
    """As much text made lines, by Python and from memory: nobody prints and nobody reads."""
    lines = write * 1024 // LINE
    block = (b"x" * (LINE - 1) + b"\n") * lines

    def split() -> None:
        for _ in range(SIZE // len(block)):
            block.decode().split("\n")

    return _seconds(split)


async def _lines_of_asyncio(write: int, size: int) -> int:
    import asyncio  # noqa: PLC0415 - only here

    child = await asyncio.create_subprocess_exec(*_printer(write, size), stdout=subprocess.PIPE)
    assert child.stdout is not None  # noqa: S101
    lines = 0
    async for _ in child.stdout:
        lines += 1
    await child.wait()
    return lines


def lines_of_asyncio(write: int) -> float:
    """``async for line in child.stdout``, of a share of it."""
    size = SIZE // SLOW_SHARE
    return SLOW_SHARE * _seconds(partial(anyio.run, _lines_of_asyncio, write, size))


def _at(write: int) -> tuple[Comparison, ...]:
    what = f"a child that prints 1 GiB of 100-byte lines, {write} KiB at a time"
    cat_now = partial(cat, write)
    return (
        Comparison(
            f"flood-{write}",
            f"{what}, kept in bounds",
            apart(ours, write),
            peers=(
                Against("cat > /dev/null", cat_now, 0.6),
                Against("os.readv in a loop", partial(read_alone, write), None),
            ),
        ),
        Comparison(
            f"flood-memory-{write}",
            f"{what}: peak memory above an idle run",
            apart(our_memory, write),
            unit=Unit.MEBIBYTES,
            goal=16,
            rounds=3,
        ),
        Comparison(
            f"flood-lines-{write}",
            f"{what}, each told to a hook",
            apart(our_lines, write),
            peers=(
                Against("cat > /dev/null", cat_now, 2),
                Against("asyncio, async for line", apart(lines_of_asyncio, write), 0.12),
                Against("str.split in memory", apart(split_alone, write), None),
            ),
        ),
        Comparison(
            f"flood-spilled-{write}",
            f"{what}, all of it in a file as well",
            apart(our_spill, write),
            peers=(
                Against("the child writes the file", partial(to_file, write), 1.3),
                Against("cat > the file", partial(cat_to_file, write), None),
            ),
        ),
        Comparison(
            f"flood-redacted-{write}",
            f"{what}, each told to a hook, while a secret is looked for",
            apart(our_lines, write, "correct horse battery"),
            peers=(Against("the same, nothing secret", apart(our_lines, write), 3),),
            rounds=3,
        ),
    )


COMPARISONS = tuple(comparison for write in WRITES for comparison in _at(write))
