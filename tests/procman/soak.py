"""
`python -m tests.procman.soak`: thousands of steps that end in every way, and nothing left of them.

Exits, deaths by signal, floods, timeouts, cancellations, daemons and parents that are killed, in
an order that a seed decides, on asyncio and on trio. Exit code 1 if anything is left behind.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from pathlib import Path
from signal import SIGABRT, SIGKILL, SIGTERM, SIGUSR1

import anyio
import pytest
from attrs import define, field

from procman import Capture, Command, Step, StepTimedOut, Stop, run_step, whole
from procman.testing._holdings import Holdings, leftovers
from tests.procman.children import shell, until_gone

AT_ONCE = 8
HASTY = Stop(((SIGTERM, 0.02),))
TREE = "trap '' TERM; setsid sleep 60 & sleep 60 & sleep 60"

POOLED = re.compile("MainThread|AnyIO worker|Trio thread|execnet")
"""The threads of the backend's own pool come and go; pytest-xdist has one as well."""

PARENT = """
import sys, anyio
from procman import *

def show(event):
    if isinstance(event, OutputLines):
        print(*event.lines, sep="\\n", flush=True)

async def main():
    script = "setsid sleep 60 & echo $$ $!; sleep 60"
    async with anyio.create_task_group() as tasks:
        for _ in range(4):
            step = Step("x", command("sh", "-c", script), live=True)
            tasks.start_soon(lambda step=step: run_step(step, hooks=[show]))

anyio.run(main, backend=sys.argv[1])
"""


def hasty(script: str, *, stdin: bytes | None = None) -> Command:
    """A few lines of sh with little time to obey."""
    return shell(script, stop=HASTY, stdin=stdin)


@define
class Soak:
    """
    Random steps, each held to how it must end.

    Attributes:
        chance: Decides; a seed gives the same steps again.
        folder: For what is spilled.
        ended: How many of each kind have.
    """

    backend: str
    chance: random.Random
    folder: Path
    ended: Counter[str] = field(factory=Counter)
    _spills: int = 0

    async def run(self, steps: int, parents: int) -> None:
        """So many *steps*, some at once, and *parents* that are killed on the way."""
        kinds: list[Callable[[], Awaitable[None]]] = [
            *(self.exits, self.dies, self.floods, self.reads, self.leaves),
            *(self.times_out, self.is_cancelled),
        ]
        chosen = [self.chance.choice(kinds) for _ in range(steps)] + [self.kills] * parents
        self.chance.shuffle(chosen)
        left = iter(chosen)

        async def worker() -> None:
            for kind in left:
                await kind()
                self.ended[kind.__name__] += 1

        async with anyio.create_task_group() as tasks:
            for _ in range(AT_ONCE):
                tasks.start_soon(worker)

    async def exits(self) -> None:
        """With any code."""
        code = self.chance.choice((0, 1, 2, 255))
        output = await run_step(Step("exits", hasty(f"exit {code}"), whole, ok=(code,)))
        assert output.exit_code == code

    async def dies(self) -> None:
        """By any signal."""
        signum = self.chance.choice((SIGABRT, SIGKILL, SIGTERM, SIGUSR1))
        script = f"ulimit -c 0; kill -{signum.value} $$"
        output = await run_step(Step("dies", hasty(script), whole, ok=lambda _: True))
        assert output.signal is signum

    async def floods(self) -> None:
        """More than is kept, now and then to a file."""
        size = self.chance.randrange(3_000_000)
        self._spills += 1
        spill = self.folder / str(self._spills) if self.chance.random() < 0.3 else None
        capture = Capture(keep=10_000, spill=spill, merged=self.chance.random() < 0.3)
        script = hasty(f"head -c {size} /dev/zero; echo end >&2")
        output = await run_step(Step("floods", script, whole, capture=capture))
        assert output.stderr == b"end\n"
        if spill is not None:
            assert (spill / "stdout").stat().st_size == size
            for file in [*spill.iterdir()]:
                file.unlink()
            spill.rmdir()

    async def reads(self) -> None:
        """All of its stdin, or none."""
        size = self.chance.randrange(300_000)
        script = self.chance.choice(("cat", "exit 0"))
        output = await run_step(Step("reads", hasty(script, stdin=bytes(size)), whole))
        assert len(output.stdout) == (size if script == "cat" else 0)

    async def leaves(self) -> None:
        """Something behind that hides."""
        holds = self.chance.random() < 0.3
        script = "setsid sleep 60 & exit 0" if holds else "setsid sleep 60 >/dev/null 2>&1 & exit 0"
        capture = Capture(drain=0.05)
        output = await run_step(Step("leaves", hasty(script), whole, capture=capture))
        assert output.ending.left_over == 1, output
        # It takes a moment until it has let go.
        assert output.ending.pipe_held or not holds, output

    async def times_out(self) -> None:
        """And obeys nothing but SIGKILL."""
        step = Step("times-out", hasty(TREE), timeout=self.chance.uniform(0, 0.1))
        with pytest.raises(StepTimedOut) as caught:
            await run_step(step)
        assert not caught.value.output.ending.survivors

    async def is_cancelled(self) -> None:
        """At any moment."""
        with anyio.move_on_after(self.chance.uniform(0, 0.1)) as scope:
            await run_step(Step("is-cancelled", hasty(TREE)))
        assert scope.cancelled_caught

    async def kills(self) -> None:
        """A parent with children of its own, at any moment after they have started."""
        argv = [sys.executable, "-c", PARENT, self.backend]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        wait = self.chance.uniform(0, 0.1)
        async with await anyio.open_process(argv, stderr=None, env=environment) as parent:
            assert parent.stdout is not None
            seen = b""
            while seen.count(b"\n") < 4:
                seen += await parent.stdout.receive()
            await anyio.sleep(wait)
            parent.kill()
            await parent.wait()
        await until_gone(*map(int, seen.split()), seconds=10)


async def soaked(
    backend: str, seed: int, steps: int, parents: int
) -> tuple[Counter[str], list[str]]:
    """How many ended of each kind, and what is left of them, in words."""
    with tempfile.TemporaryDirectory() as folder:
        soak = Soak(backend, random.Random(seed), Path(folder))
        # What is there for as long as we are: the guardian, and what the backend keeps.
        await soak.run(20, 1)
        soak.ended.clear()
        before = Holdings.now()
        await soak.run(steps, parents)
        left = leftovers(before)
        left += [f"file {path} is left" for path in Path(folder).iterdir()]
    names = [thread.name for thread in threading.enumerate()]
    left += [f"thread {name} is left" for name in names if not POOLED.match(name)]
    return soak.ended, left


def main(argv: Sequence[str] | None = None) -> int:
    """Soak on both backends; the exit code."""
    parser = argparse.ArgumentParser("python -m tests.procman.soak", description=__doc__)
    parser.add_argument("--steps", type=int, default=10_000)
    parser.add_argument("--parents", type=int, default=50, help="how many are killed")
    parser.add_argument("--seed", type=int, default=time.time_ns() % 1_000_000)
    options = parser.parse_args(argv)
    print(f"seed {options.seed}", flush=True)
    is_clean = True
    for backend in ("asyncio", "trio"):
        began = time.monotonic()
        run = partial(soaked, backend, options.seed, options.steps, options.parents)
        ended, left = anyio.run(run, backend=backend)
        seconds = time.monotonic() - began
        print(f"{backend}: {seconds:.0f} s, {dict(ended)}, left: {left or 'nothing'}", flush=True)
        is_clean = is_clean and not left
    return 0 if is_clean else 1


if __name__ == "__main__":
    sys.exit(main())
