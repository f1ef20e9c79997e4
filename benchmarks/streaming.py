"""A child that prints a lot: kept in bounds, told line by line, spilled to a file."""

from __future__ import annotations

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
from benchmarks.comparison import Against, Comparison, Unit
from procman import Capture, Command, Event, OutputLines, Secret, Step, command, nothing, run_step

LINE = 100
"""Bytes of a line, its end among them."""

SIZE = 2**30 // LINE * LINE
"""Bytes that are printed: a gibibyte of whole lines."""

SLOW_SHARE = 16
"""A peer that is slower by a magnitude is given so much less, and its time is multiplied."""

# Blocks of 8 KiB, which is what Python's own stdout and GNU's `yes` write at a time.
PRINTER = """
import os, sys
line = b"x" * 99 + b"\\n"
lines = int(sys.argv[1])
block = line * 82
for _ in range(lines // 82):
    os.write(1, block)
os.write(1, line * (lines % 82))
"""


def _printer(size: int = SIZE) -> tuple[str, ...]:
    return (sys.executable, "-S", "-E", "-c", PRINTER, str(size // LINE))


def _command(env: Mapping[str, Secret] | None = None) -> Command:
    return command(*_printer(), env=env)


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


def ours() -> float:
    """Kept in bounds, nothing else."""
    return _run(Step("flood", _command(), nothing))


def our_lines(secret: str = "") -> float:
    """Every line told to a hook, redacted if there is a *secret*."""
    lines = 0

    def count(event: Event) -> None:
        nonlocal lines
        if isinstance(event, OutputLines):
            lines += len(event.lines)

    env = {"SECRET": Secret(secret)} if secret else None
    step = Step("flood", _command(env), nothing, live=True, timeout=600)
    taken = _run(step, count)
    if lines != SIZE // LINE:
        raise ValueError(f"{lines} lines were told")
    return taken


def our_spill(secret: str = "") -> float:
    """All of it in a file as well."""
    env = {"SECRET": Secret(secret)} if secret else None
    with tempfile.TemporaryDirectory() as folder:
        capture = Capture(spill=Path(folder))
        step = Step("flood", _command(env), nothing, capture=capture, timeout=600)
        taken = _run(step)
        if (Path(folder) / "stdout").stat().st_size != SIZE:
            raise ValueError("not all of it was spilled")
    return taken


def our_memory() -> float:
    """MiB by which our memory grew at most, over what one step that prints nothing left."""
    _run(Step("idle", command("true")))
    # Has the kernel forget the peak so far (proc_pid_clear_refs(5)).
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    before = _kibibytes("VmRSS")
    ours()
    return (_kibibytes("VmHWM") - before) / 1024


def _kibibytes(name: str) -> int:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    (line,) = (line for line in status.splitlines() if line.startswith(name))
    return int(line.split()[1])


def cat() -> float:
    """The same child, its pipe read by ``cat``."""
    pipeline = ("sh", "-c", '"$@" | cat > /dev/null', "sh", *_printer())
    return _seconds(partial(subprocess.run, pipeline, check=True))


def to_file() -> float:
    """The same child, writing a file itself."""
    with tempfile.TemporaryFile() as file:
        return _seconds(partial(subprocess.run, _printer(), stdout=file, check=True))


async def _lines_of_asyncio(size: int) -> int:
    import asyncio  # noqa: PLC0415 - only here

    child = await asyncio.create_subprocess_exec(*_printer(size), stdout=subprocess.PIPE)
    assert child.stdout is not None  # noqa: S101
    lines = 0
    async for _ in child.stdout:
        lines += 1
    await child.wait()
    return lines


def lines_of_asyncio() -> float:
    """``async for line in child.stdout``, of a share of it."""
    size = SIZE // SLOW_SHARE
    return SLOW_SHARE * _seconds(partial(anyio.run, _lines_of_asyncio, size))


WHAT = "a child that prints 1 GiB of 100-byte lines"
CAT = Against("cat > /dev/null", cat, 0.6)

COMPARISONS = (
    Comparison("flood", f"{WHAT}, kept in bounds", apart(ours), peers=(CAT,)),
    Comparison(
        "flood-memory",
        f"{WHAT}: peak memory above an idle run",
        apart(our_memory),
        unit=Unit.MEBIBYTES,
        goal=16,
        rounds=3,
    ),
    Comparison(
        "flood-lines",
        f"{WHAT}, each told to a hook",
        apart(our_lines),
        peers=(
            Against("cat > /dev/null", cat, 2),
            Against("asyncio, async for line", apart(lines_of_asyncio), 0.12),
        ),
    ),
    Comparison(
        "flood-spilled",
        f"{WHAT}, all of it in a file as well",
        apart(our_spill),
        peers=(Against("the child writes the file", to_file, 1.3),),
    ),
    Comparison(
        "flood-redacted",
        f"{WHAT}, each told to a hook, while a secret is looked for",
        apart(our_lines, "correct horse battery"),
        peers=(Against("the same, nothing secret", apart(our_lines), 3),),
        rounds=3,
    ),
)
