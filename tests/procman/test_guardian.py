"""Case P35: nothing outlives a parent that was killed by SIGKILL."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from textwrap import dedent

import anyio
import pytest

from procman import Containment, Step, command, run_step, whole
from procman._process.guardian import guarding
from procman._process.mark import SERIAL_BITS, TAGGED, VARIABLE, Mark, marks, tag_of
from procman._process.spawn import mark_early_descendants
from procman._process.table import all_pids, read_process
from tests.procman.children import is_alive, open_descriptors, shell, until_exists, until_gone
from tests.procman.test_ending import HUNDRED, VANISHING

pytestmark = pytest.mark.anyio

PARENT = """
    import multiprocessing, os, sys, time
    import anyio
    from procman import *

    async def main():
        async with anyio.create_task_group() as tasks:
            for script in sys.argv[2:]:
                argv = (sys.executable, "-S", "-c") if "import" in script[:20] else ("sh", "-c")
                step = Step("x", command(*argv, script), live=True)
                tasks.start_soon(lambda step=step: run_step(step, hooks=[show]))

    def show(event):
        if isinstance(event, OutputLines):
            for line in event.lines:
                os.write(1, line.encode() + b"\\n")

    anyio.run(main, backend=sys.argv[1])
"""

HIDING = """
    import os, time
    # No mark, its own session, and an orphan: only the guardian's table of the living tells.
    if os.fork() == 0:
        os.setsid()
        os.write(1, b"%d\\n" % os.getpid())
        os.execve("/bin/sleep", ["sleep", "60"], {})
    time.sleep(60)
"""

TELL_SIBLINGS = """
    import os, time
    for pid in filter(str.isdecimal, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/stat") as file:
                parent = int(file.read().rpartition(")")[2].split()[1])
        except OSError:
            continue
        if parent == os.getppid() and int(pid) != os.getpid():
            print(pid, flush=True)
    time.sleep(60)
"""

FORKING = """
    import os, sys, time
    import anyio
    from procman import *

    async def main():
        async with anyio.create_task_group() as tasks:
            script = f"echo $$ > {sys.argv[1]}; sleep 60"
            tasks.start_soon(run_step, Step("x", command("sh", "-c", script)))
            await anyio.sleep(0.1)
            if os.fork() == 0:
                with open(sys.argv[1] + ".forked", "w") as file:
                    file.write("1")
                time.sleep(3)
                os._exit(0)

    anyio.run(main)
"""


def program(source: str, *argv: str) -> subprocess.Popen[str]:
    """A Python program that sees what the tests see."""
    return subprocess.Popen(
        [sys.executable, "-c", dedent(source), *argv],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )


def parent(backend: str, *scripts: str) -> subprocess.Popen[str]:
    """A process that runs *scripts* as steps and prints what they print."""
    return program(PARENT, backend, *map(dedent, scripts))


async def pids_of(printing: subprocess.Popen[str], count: int) -> list[int]:
    """The first *count* pids it prints."""
    stdout = printing.stdout
    assert stdout is not None
    return [int(await anyio.to_thread.run_sync(stdout.readline)) for _ in range(count)]


async def test_p35_every_descendant_is_gone(anyio_backend: str) -> None:
    """P35: groups and sessions of their own, orphans, those that ignore SIGTERM, daemons."""
    killed = parent(anyio_backend, HUNDRED, HIDING, VANISHING + "    time.sleep(60)")
    pids = await pids_of(killed, 102)

    killed.send_signal(signal.SIGKILL)
    killed.wait()

    await until_gone(*pids)
    assert killed.stdout is not None
    killed.stdout.close()


async def test_p35_two_hundred_children_at_once_are_gone(anyio_backend: str) -> None:
    """P35: however many there are."""
    killed = parent(anyio_backend, *["echo $$; exec sleep 60"] * 200)
    pids = await pids_of(killed, 200)

    killed.send_signal(signal.SIGKILL)
    killed.wait()

    await until_gone(*pids)
    assert killed.stdout is not None
    killed.stdout.close()


async def test_p35_the_guardian_itself_goes(anyio_backend: str) -> None:
    """P35: it outlives its parent just long enough."""
    killed = parent(anyio_backend, TELL_SIBLINGS)
    (pid,) = await pids_of(killed, 1)
    assert is_alive(pid)

    killed.send_signal(signal.SIGKILL)
    killed.wait()

    await until_gone(pid)
    assert killed.stdout is not None
    killed.stdout.close()


def test_p35_what_was_forked_before_the_mark_came_is_marked_as_well() -> None:
    """P35: a program may be faster than we are."""
    script = "sleep 60 & echo $!; wait"
    leader = subprocess.Popen(
        ["/bin/sh", "-c", script], stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert leader.stdout is not None
    early = int(leader.stdout.readline())
    mark = marks.new()

    mark_early_descendants(leader.pid, mark, time.monotonic())

    assert tag_of(early) == mark.tag
    os.killpg(leader.pid, signal.SIGKILL)
    leader.communicate()


def test_a_procman_around_us_is_looked_at_once(tmp_path: Path) -> None:
    """Its many children are told by their tags, those that one of our own children runs as well."""
    mark, nested = marks.new(), Mark("2-abcdef", 2 << SERIAL_BITS | TAGGED)
    stranger = Mark("1-abcdef", 1 << SERIAL_BITS | TAGGED)
    found = []
    for marked, names in ((stranger, "1-abcdef.1"), (nested, f"{mark.name}:2-abcdef.1")):
        process = subprocess.Popen(
            [sys.executable, "-S", "-c", "import time; time.sleep(60)"],
            env={VARIABLE: names},
            cwd=tmp_path,
        )
        marked.put_on(process.pid)
        while not Path(f"/proc/{process.pid}/environ").read_bytes():
            time.sleep(0.001)
        found += [mark.is_on(process.pid), mark.is_on(process.pid)]
        process.kill()
        process.wait()

    assert found == [False, False, True, True]
    assert mark.rules_out(stranger.tag)
    assert not mark.rules_out(nested.tag)


DAEMON_STARTED = """
    import sys, anyio
    from procman import *

    async def main():
        argv = (sys.executable, "-S", "-c", sys.argv[1])
        step = Step("x", command(*argv, stop=Stop(spares_daemons=True)), text)
        print(await run_step(step), flush=True)
        await anyio.sleep(60)

    anyio.run(main)
"""


async def test_p38_the_guardian_spares_a_declared_daemon() -> None:
    """P38: what a step was to start outlives the parent as well, however that ends."""
    killed = program(DAEMON_STARTED, dedent(VANISHING))
    (pid,) = await pids_of(killed, 1)
    guardian = [p.pid for p in map(read_process, all_pids()) if p and p.parent == killed.pid]

    killed.send_signal(signal.SIGKILL)
    killed.wait()

    await until_gone(*guardian)
    assert is_alive(pid)
    os.kill(pid, signal.SIGKILL)
    assert killed.stdout is not None
    killed.stdout.close()


async def test_p80_the_containment_in_force_is_said() -> None:
    """P80: guarded unless told otherwise."""
    guarded = await run_step(Step("x", command("true"), whole))
    unguarded = await run_step(Step("x", command("true", guarded=False), whole))

    assert guarded.ending.containment is Containment.GUARDIAN
    assert unguarded.ending.containment is Containment.NONE


async def test_a_guardian_that_was_killed_is_replaced() -> None:
    """The next child is guarded again, and so are those of before; no descriptor is lost."""
    roster, first = guarding.roster(), guarding.guardian
    assert roster is not None
    assert first is not None
    before = len(open_descriptors())
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(run_step, Step("before", shell("sleep 60")))
        await anyio.wait_all_tasks_blocked()
        os.kill(first.pid, signal.SIGKILL)
        await until_gone(first.pid)

        output = await run_step(Step("x", command("true"), whole))

        sizes = [roster.size]
        tasks.cancel_scope.cancel()
    assert output.ending.containment is Containment.GUARDIAN
    assert guarding.guardian is not first
    assert [*sizes, roster.size] == [1, 0]
    assert len(open_descriptors()) == before


async def test_a_forked_process_does_not_hold_the_lifeline(tmp_path: Path) -> None:
    """A worker that outlives its parent keeps nobody's children alive."""
    forking = program(FORKING, str(tmp_path / "pid"))
    pid = int(await until_exists(tmp_path / "pid"))
    await until_exists(tmp_path / "pid.forked")

    forking.send_signal(signal.SIGKILL)
    forking.wait()

    await until_gone(pid)
    assert forking.stdout is not None
    forking.stdout.close()


async def test_a_child_that_ended_is_not_told_of_any_more() -> None:
    """Its pid may soon be another's."""
    roster = guarding.roster()
    assert roster is not None

    await run_step(Step("x", shell("true"), whole))

    assert roster.size == 0
