"""Cases of trees that do not want to end, or end in the wrong moment."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from signal import SIGKILL, SIGTERM
from textwrap import dedent

import anyio
import pytest

from procman import (
    CommandUnkillable,
    Diagnostic,
    Line,
    Liveness,
    Outcome,
    Output,
    OutputLines,
    Restart,
    RestartWhen,
    Service,
    ServiceEnded,
    ServiceFailed,
    ServiceReady,
    ServiceStarted,
    Step,
    StepTimedOut,
    Stop,
    command,
    run_service,
    run_step,
)
from procman._process.table import all_pids, read_process
from procman.events import AttemptEnded, Event
from tests.procman.children import once, shell, until_gone
from tests.procman.test_guardian import parent

pytestmark = pytest.mark.anyio

HOLD = """
    import ctypes, os, sys, time
    SEIZE, TRACE_EXIT = 0x4206, 0x40
    libc = ctypes.CDLL(None, use_errno=True)
    libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
    if libc.ptrace(SEIZE, int(sys.argv[1]), None, TRACE_EXIT):
        sys.exit(os.strerror(ctypes.get_errno()))
    print("held", flush=True)
    time.sleep(60)
"""
"""A tracer that asked to be told of the end, and never says go on: SIGKILL takes no effect."""


def held(pid: int) -> subprocess.Popen[str]:
    """A process without which *pid* cannot end."""
    holder = subprocess.Popen(
        [sys.executable, "-S", "-c", dedent(HOLD), str(pid)], stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    return holder


async def test_p73_a_child_that_survives_sigkill_is_told_and_reaped_later() -> None:
    """P73: every wait is bounded, the last one too; it is `failed`, and its pid is named."""
    events: list[Event] = []
    holders: dict[int, subprocess.Popen[str]] = {}

    def hold(pid: int) -> Step[Output]:
        holders[pid] = held(pid)
        return Step("hold", command("true"))

    stubborn = shell("trap '' TERM; while :; do :; done", stop=Stop(((SIGTERM, 0.05),), kill=0.1))
    step = Step("x", stubborn, timeout=0.1, diagnose=[Diagnostic(hold, while_running=True)])

    with pytest.raises(CommandUnkillable) as caught, anyio.fail_after(20):
        await run_step(step, hooks=[events.append])

    ((pid, holder),) = holders.items()
    ended = [e for e in events if isinstance(e, AttemptEnded)][-1]
    assert ended.outcome is Outcome.FAILED
    assert ended.cause == f"unkillable: still there after SIGKILL: process {pid}"
    assert caught.value.pids == (pid,)
    assert Path(f"/proc/{pid}").exists()

    holder.kill()
    holder.communicate()
    await until_gone(pid)
    await run_step(Step("later", command("true")))
    assert not Path(f"/proc/{pid}").exists()


async def test_p73_a_cancellation_passes_on_whatever_survives() -> None:
    """P73: the wait of a cancelled step is bounded as well."""
    holders: list[subprocess.Popen[str]] = []

    def hold(event: Event) -> None:
        if isinstance(event, OutputLines):
            holders.append(held(int(event.lines[0])))
            scope.cancel()

    stubborn = shell("echo $$; exec sleep 60", stop=Stop(((SIGTERM, 0.05),), kill=0.1))

    with anyio.fail_after(20), anyio.CancelScope() as scope:
        await run_step(Step("x", stubborn, live=True), hooks=[hold])

    assert scope.cancelled_caught
    (holder,) = holders
    holder.kill()
    holder.communicate()


RUNAWAY = """
    import os, signal, sys, time
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    # Each lives only until it has forked the next, in a session of its own; not for ever.
    end = time.monotonic() + 15
    while time.monotonic() < end:
        if os.fork():
            os._exit(0)
        os.setsid()
        open(sys.argv[1], "w").close()
"""

FOUR = (
    f"for i in 1 2 3 4; do {sys.executable} -S -c '{dedent(RUNAWAY)}' $FOLDER/$i & done; sleep 60"
)


async def are_gone(folder: Path) -> bool:
    """Whether the four that lived have left no mark again."""
    marks = sorted(folder.iterdir())
    assert len(marks) == 4
    for mark in marks:
        mark.unlink()
    await anyio.sleep(0.1)
    return not list(folder.iterdir())


async def test_p76_a_tree_that_forks_while_it_is_killed_is_ended(tmp_path: Path) -> None:
    """P76: it is walked again until nothing is left, however fast it runs away."""
    stop = Stop(((SIGTERM, 0.02),), kill=10)
    running = shell(FOUR, env={"FOLDER": str(tmp_path)}, stop=stop)

    all_run = once(f"[ $(ls {tmp_path} | wc -l) = 4 ]")

    with pytest.raises(StepTimedOut) as caught:
        await run_step(Step("x", running, timeout=0.05, diagnose=[all_run]))

    assert caught.value.output.ending.survivors == ()
    assert await are_gone(tmp_path)


async def test_p76_nobody_runs_away_from_the_guardian(tmp_path: Path, anyio_backend: str) -> None:
    """P35, P76: the same, behind a parent that was killed."""
    killed = parent(anyio_backend, FOUR.replace("$FOLDER", str(tmp_path)))
    with anyio.fail_after(10):
        while len(list(tmp_path.iterdir())) < 4:
            await anyio.sleep(0.01)
    pids = [pid for pid in all_pids() if (p := read_process(pid)) and p.parent == killed.pid]

    killed.send_signal(SIGKILL)
    killed.wait()

    await until_gone(*pids)
    assert await are_gone(tmp_path)
    assert killed.stdout is not None
    killed.stdout.close()


@pytest.mark.parametrize("is_stopped", [True, False])
async def test_p73_a_service_that_survives_sigkill_is_a_failure(*, is_stopped: bool) -> None:
    """P73: whether it was stopped or failed its probe; no other is started beside it."""
    stubborn = shell("echo up; exec sleep 60", stop=Stop(((SIGTERM, 0.05),), kill=0.1))
    service = Service(
        "s",
        stubborn,
        ready=Line("up"),
        alive=None if is_stopped else Liveness(probe=Unwell(), failure_threshold=1),
        restart=Restart(when=RestartWhen.ALWAYS),
    )
    events: list[Event] = []
    holders: list[subprocess.Popen[str]] = []

    def hook(event: Event) -> None:
        events.append(event)
        if isinstance(event, ServiceReady):
            holders.append(held(pid_of(events)))

    async def use() -> None:
        async with run_service(service, hooks=[hook]) as running:
            if not is_stopped:
                await running.ended()

    with pytest.raises(ServiceFailed) as caught, anyio.fail_after(20):
        await use()

    pid = pid_of(events)
    reason = f"unkillable: still there after SIGKILL: process {pid}"
    (ended,) = [event for event in events if isinstance(event, ServiceEnded)]
    assert (ended.outcome, ended.cause, ended.restart_in) == (Outcome.FAILED, reason, None)
    assert caught.value.cause == f"service s: {reason}"
    (holder,) = holders
    holder.kill()
    holder.communicate()
    await until_gone(pid)


class Unwell:
    """A probe that has nothing good to tell."""

    async def ask(self, port: int | None) -> str | None:  # noqa: ARG002
        """Complain."""
        return "unwell"


def pid_of(events: list[Event]) -> int:
    """Of the one service that was started."""
    (pid,) = [event.pid for event in events if isinstance(event, ServiceStarted)]
    return pid
