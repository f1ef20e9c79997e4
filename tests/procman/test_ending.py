"""Cases C: how children come to their end, with everything they brought forth."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from collections import OrderedDict
from itertools import count, pairwise
from pathlib import Path
from signal import SIGABRT, SIGCONT, SIGINT, SIGKILL, SIGSTOP, SIGTERM, Signals
from textwrap import dedent

import anyio
import pytest
from attrs import evolve

from procman import (
    Capture,
    CommandFailed,
    Context,
    Event,
    LimitName,
    Outcome,
    Output,
    OutputLines,
    SentSignal,
    Step,
    StepTimedOut,
    Stop,
    Workflow,
    command,
    interrupts,
    run_step,
    whole,
)
from procman._process.exit import exit_descriptor
from procman._process.mark import VARIABLE, marks
from procman._process.siblings import siblings
from procman._process.table import all_pids, newest_pid, read_process
from tests.procman.children import (
    is_alive,
    once,
    open_descriptors,
    python,
    shell,
    until_exists,
    until_gone,
)

pytestmark = pytest.mark.anyio

STUBBORN = "trap '' INT TERM; echo $$; exec sleep 60"


def sent(output: Output) -> list[Signals]:
    """The signals that were sent, in order."""
    return [each.signal for each in output.ending.sent]


@pytest.mark.parametrize("code", [0, 1, 2, 255])
async def test_p26_exit_codes_are_told_apart(code: int) -> None:
    """P26: the code is the code."""
    output = await run_step(Step("x", shell(f"exit {code}"), whole, ok=lambda _: True))

    assert (output.exit_code, output.signal, output.how) == (code, None, f"exit code {code}")


@pytest.mark.parametrize("signum", [SIGABRT, SIGKILL, signal.SIGSEGV, SIGTERM])
async def test_p26_death_by_signal_has_a_name(signum: Signals) -> None:
    """P26: never a negative number."""
    script = f"ulimit -c 0; kill -{signum.value} $$"

    output = await run_step(Step("x", shell(script), whole, ok=lambda _: True))

    assert (output.exit_code, output.signal, output.how) == (None, signum, signum.name)


async def test_p27_a_failure_raises_with_code_and_last_lines() -> None:
    """P27: command, code and the end of stderr are in the error."""
    with pytest.raises(CommandFailed) as caught:
        await run_step(Step("x", shell("echo out; echo bad 1 >&2; echo bad 2 >&2; exit 3")))

    error = caught.value
    first, *rest = str(error).splitlines()
    assert first.startswith("sh -c 'echo out; echo bad 1 >&2; echo bad 2 >&2; exit 3': exit code 3")
    assert first.endswith("(accepted: exit code 0)")
    assert rest == ["  stderr:", "  | bad 1", "  | bad 2"]
    assert (error.output.exit_code, error.output.stdout) == (3, b"out\n")


async def test_p71_what_ends_well_can_be_declared() -> None:
    """P71: a set of codes, or a predicate; the error says what was accepted."""
    diff = Step("diff", shell("exit 2"), whole, ok=(0, 2))

    def is_quiet(output: Output) -> bool:
        return not output.stderr

    assert (await run_step(diff)).exit_code == 2
    with pytest.raises(CommandFailed, match="accepted: exit code 0 or 2"):
        await run_step(Step("x", shell("exit 1"), ok=(0, 2)))
    with pytest.raises(CommandFailed, match=r"exit code 0 .*accepted: is_quiet"):
        await run_step(Step("x", shell("echo x >&2"), ok=is_quiet))


async def test_p28_a_timeout_ends_an_obedient_child_with_its_output_so_far() -> None:
    """P28: SIGTERM is enough; the error says which limit and what had been printed."""
    step = Step("x", shell("echo before; sleep 60"), timeout=0.1)

    with pytest.raises(StepTimedOut) as caught:
        await run_step(step)

    error = caught.value
    assert (error.limit.name, error.limit.seconds) == (LimitName.TIMEOUT, 0.1)
    assert (error.output.stdout, error.output.signal) == (b"before\n", SIGTERM)
    assert sent(error.output) == [SIGTERM]
    assert not error.output.ending.escalated
    assert isinstance(error, TimeoutError)
    assert "timeout of 0.1 s reached, ended by SIGTERM after 0." in str(error)


async def test_p29_a_stubborn_tree_is_killed_after_its_grace() -> None:
    """P29: SIGKILL for the child and for its child, which ignores SIGTERM as well."""
    script = f'sh -c "$0" & {STUBBORN}'
    tree = command("sh", "-c", script, STUBBORN, stop=Stop(((SIGTERM, 0.1),)))

    with pytest.raises(StepTimedOut) as caught:
        await run_step(Step("x", tree, timeout=0.2))

    output = caught.value.output
    pids = {int(line) for line in output.stdout.split()}
    assert (output.signal, sent(output)) == (SIGKILL, [SIGTERM, SIGKILL])
    assert output.ending.escalated
    assert len(pids) == 2
    assert not any(is_alive(pid) for pid in pids)


def reads() -> int:
    """How often this process has read anything."""
    fields = dict(line.split(": ") for line in Path("/proc/self/io").read_text().splitlines())
    return int(fields["syscr"])


async def test_p29_nothing_is_searched_for_while_a_child_takes_its_time() -> None:
    """P29: a grace is not spent on reading the process table, here some 30 times."""
    step = Step("x", shell(STUBBORN, stop=Stop(((SIGTERM, 0.4),))), timeout=0.2)
    before = reads()

    with pytest.raises(StepTimedOut):
        await run_step(step)

    assert reads() - before < 16 * len(all_pids())


HUNDRED = """
    import os, signal, sys, time
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    for i in range(100):
        if os.fork() == 0:
            if i % 3 == 1:
                os.setpgid(0, 0)
            if i % 3 == 2:
                os.setsid()
                if os.fork():
                    os._exit(0)
            os.write(1, b"%d\\n" % os.getpid())
            time.sleep(60)
    time.sleep(60)
"""


async def test_p30_a_hundred_descendants_hide_nowhere(tmp_path: Path) -> None:
    """P30: groups and sessions of their own, orphans among them: all gone within a second."""
    hundred = python(HUNDRED, stop=Stop(((SIGTERM, 0.1),)))
    there = once(f"[ -e {tmp_path}/there ]")
    step = Step("x", hundred, timeout=0.1, live=True, diagnose=[there])
    pids: list[int] = []

    def count(event: Event) -> None:
        if isinstance(event, OutputLines):
            pids.extend(map(int, event.lines))
            if len(pids) == 100:
                (tmp_path / "there").touch()

    with pytest.raises(StepTimedOut) as caught:
        await run_step(step, hooks=[count])

    output = caught.value.output
    assert len(pids) == 100
    assert output.seconds - output.ending.sent[0].seconds < 0.1 + 1
    assert not any(is_alive(pid) for pid in pids)


async def test_p31_the_signals_and_their_graces_are_the_commands_own() -> None:
    """P31: INT, then TERM, then KILL."""
    stop = Stop(((SIGINT, 0.05), (SIGTERM, 0.05)))

    with pytest.raises(StepTimedOut) as caught:
        await run_step(Step("x", shell(STUBBORN, stop=stop), timeout=0.2))

    moments = caught.value.output.ending.sent
    assert [each.signal for each in moments] == [SIGINT, SIGTERM, SIGKILL]
    assert moments == tuple(
        SentSignal(s, at) for s, at in zip((SIGINT, SIGTERM, SIGKILL), _at(moments), strict=True)
    )
    assert _at(moments)[0] >= 0.2
    assert all(later - at >= 0.05 for at, later in pairwise(_at(moments)))


def _at(moments: tuple[SentSignal, ...]) -> list[float]:
    return [each.seconds for each in moments]


@pytest.mark.parametrize("after", [0, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05])
async def test_p32_cancellation_ends_the_child_and_passes_on(after: float, tmp_path: Path) -> None:
    """P32, P75: wherever it hits, spawning included; the output so far is kept."""
    before = open_descriptors()
    events: list[Event] = []
    workflow = Workflow("w")

    async def job(context: Context) -> None:
        await context.run(Step("x", shell(f"echo $$ > {tmp_path}/pid; echo early; sleep 60")))

    workflow.job(job)
    with anyio.move_on_after(after) as scope:
        await workflow.run(hooks=[events.append])

    assert scope.cancelled_caught
    if (tmp_path / "pid").exists():
        pid = (tmp_path / "pid").read_text()
        assert not pid or not is_alive(int(pid))
    assert open_descriptors() == before
    names = [type(event).__name__ for event in events]
    assert names.count("AttemptStarted") == names.count("AttemptEnded")
    assert names[-1] == "RunEnded"


async def test_p32_what_was_printed_before_a_cancellation_is_in_the_record(
    tmp_path: Path,
) -> None:
    """P32: the attempt's record has it, and the outcome says cancelled."""
    events: list[Event] = []

    async def cancel_when_ready(scope: anyio.CancelScope) -> None:
        await until_exists(tmp_path / "ready")
        scope.cancel()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(cancel_when_ready, tasks.cancel_scope)
        step = Step("x", shell(f"echo early; echo 1 > {tmp_path}/ready; sleep 60"))
        await run_step(step, hooks=[events.append])

    ended = next(e for e in events if type(e).__name__ == "AttemptEnded")
    assert (ended.outcome, ended.output.stdout) == (Outcome.CANCELLED, "early\n")  # type: ignore[union-attr]


async def test_p33_a_second_cancellation_changes_nothing() -> None:
    """P33: cancelled again during the grace period: the child is still ended once."""
    stop = Stop(((SIGTERM, 0.2),))
    events: list[Event] = []

    def cancel(event: Event) -> None:
        events.append(event)
        if isinstance(event, OutputLines):
            inner.cancel()
            outer.deadline = anyio.current_time() + 0.05

    with anyio.CancelScope() as outer, anyio.CancelScope() as inner:
        await run_step(Step("x", shell(STUBBORN, stop=stop), live=True), hooks=[cancel])

    assert outer.cancel_called
    (ended,) = [e for e in events if type(e).__name__ == "AttemptEnded"]
    assert ended.output.signals == ("SIGTERM", "SIGKILL")  # type: ignore[union-attr]
    await until_gone(int(ended.output.stdout))  # type: ignore[union-attr]


async def test_p34_an_exit_in_the_moment_of_the_timeout_has_one_outcome() -> None:
    """P34: swept over the moment: always exactly one of the two, and never an orphan."""
    outcomes = set()
    for microseconds in range(9_000, 13_000, 250):
        try:
            output = await run_step(
                Step("x", shell("sleep 0.01"), whole, timeout=microseconds / 1e6)
            )
            outcomes.add(output.exit_code)
        except StepTimedOut as error:
            outcomes.add(error.output.signal)

    assert outcomes <= {0, SIGTERM, None}
    assert outcomes


async def test_p37_a_stopped_child_is_ended_all_the_same() -> None:
    """P37: SIGSTOP does not protect from SIGTERM."""
    with pytest.raises(StepTimedOut) as caught:
        await run_step(Step("x", shell(f"kill -{SIGSTOP.value} $$; sleep 60"), timeout=0.15))

    assert sent(caught.value.output) == [SIGTERM]
    assert SIGCONT not in sent(caught.value.output)


async def test_p37_a_child_that_ignores_what_we_ignore_is_ended_by_the_next_signal() -> None:
    """P37: as where a shell started us with a `&`."""
    patient = Stop(signals=((SIGINT, 0.1), (SIGTERM, 5.0)))
    before = signal.signal(SIGINT, signal.SIG_IGN)
    try:
        with pytest.raises(StepTimedOut) as caught:
            await run_step(Step("x", command("sleep", "60", stop=patient), timeout=0.15))
    finally:
        signal.signal(SIGINT, before)

    assert sent(caught.value.output) == [SIGINT, SIGTERM]


DAEMON = """
    import os, sys, time
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            null = os.open(os.devnull, os.O_RDWR)
            for fd in (0, 1, 2):
                os.dup2(null, fd)
            with open(sys.argv[1], "w") as file:
                file.write(str(os.getpid()))
            time.sleep(60)
        os._exit(0)
    os.wait()
    while not os.path.exists(sys.argv[1]) or not open(sys.argv[1]).read():
        time.sleep(0.001)
"""


VANISHING = """
    import os, resource, time
    # What is born before the mark is not found; on a busy machine that comes late.
    while resource.getrlimit(resource.RLIMIT_RTTIME)[0] < 1 << 62:
        time.sleep(0.001)
    # A daemon by the book, with a clean environment: nothing of its ancestry is to be seen.
    reading, writing = os.pipe()
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.write(1, b"%d\\n" % os.getpid())
            null = os.open(os.devnull, os.O_RDWR)
            for fd in (1, 2):
                os.dup2(null, fd)
            os.execve("/bin/sleep", ["sleep", "60"], {})
        os._exit(0)
    os.close(writing)
    # At its end both have gone their ways.
    os.read(reading, 1)
"""


async def test_p38_a_daemon_is_ended_with_its_step(tmp_path: Path) -> None:
    """P38: double fork, own session, no pipe held: it is found and ended."""
    output = await run_step(Step("x", python(DAEMON, str(tmp_path / "pid")), whole))

    assert (output.exit_code, output.ending.left_over, output.ending.pipe_held) == (0, 1, False)
    assert not is_alive(int((tmp_path / "pid").read_text()))


async def test_p38_a_daemon_with_a_clean_environment_is_ended_as_well() -> None:
    """P38: double fork, own session, no mark in its environment: what it inherited tells."""
    output = await run_step(Step("x", python(VANISHING), whole))

    assert (output.exit_code, output.ending.left_over) == (0, 1)
    assert not is_alive(int(output.stdout))


async def test_p38_a_pid_that_was_another_childs_hides_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """P38: pids are given out again; here the next ones were children of ours before."""
    newest = newest_pid()
    before = OrderedDict.fromkeys(range(newest, newest + 2000), time.monotonic())
    monkeypatch.setattr(siblings, "_moments", before)

    output = await run_step(Step("x", python(VANISHING), whole))

    assert output.ending.left_over == 1
    assert not is_alive(int(output.stdout))


def test_p38_who_is_just_being_executed_is_known_all_the_same() -> None:
    """P38: for a moment it shows no environment, and for a twentieth of this one's life."""
    mark = marks.new()
    again = 'exec sh -c "$0" "$0"'
    argv = ("/bin/sh", "-c", again, again)
    with subprocess.Popen(argv, env={VARIABLE: mark.name}) as restless:
        try:
            # A machine that is busy may leave it in such a moment for longer than anybody looks.
            assert sum(mark.is_on(restless.pid) for _ in range(3000)) > 2990
        finally:
            restless.kill()


async def test_p38_a_declared_daemon_lives_on() -> None:
    """P38: what a step was to start outlives it, and is counted."""
    step = Step("x", python(VANISHING, stop=Stop(spares_daemons=True)), whole)

    output = await run_step(step)

    pid = int(output.stdout)
    assert (output.exit_code, output.ending.left_over, output.ending.sent) == (0, 1, ())
    assert is_alive(pid)
    os.kill(pid, SIGKILL)


async def test_p38_a_declared_daemon_is_ended_with_a_step_that_is() -> None:
    """P38: a limit is for the whole tree."""
    script = VANISHING + "    time.sleep(60)"
    step = Step("x", python(script, stop=Stop(spares_daemons=True)), timeout=0.5)

    with pytest.raises(StepTimedOut) as caught:
        await run_step(step)

    assert not is_alive(int(caught.value.output.stdout))


async def test_p39_a_kill_from_outside_is_no_timeout() -> None:
    """P39: as the out-of-memory killer does it."""
    with pytest.raises(CommandFailed) as caught:
        await run_step(Step("x", shell("kill -9 $$"), timeout=30))

    assert caught.value.output.how == "SIGKILL"
    assert sent(caught.value.output) == []


async def test_p72_silence_is_a_limit_of_its_own() -> None:
    """P72: nothing printed for so long; a child that keeps talking is left alone."""
    talking = shell("for i in 1 2 3 4 5 6 7 8; do echo $i; sleep 0.06; done")
    silent = shell("echo once; sleep 60")

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(run_step, Step("talking", talking, quiet=0.4))
        step = Step("silent", silent, quiet=0.2, live=True, capture=Capture(merged=True))
        with pytest.raises(StepTimedOut) as caught:
            await run_step(step)

    assert (caught.value.limit.name, caught.value.limit.seconds) == (LimitName.QUIET, 0.2)


async def test_p77_escalation_follows_the_tree_not_the_leader(tmp_path: Path) -> None:
    """P77: the leader obeys SIGTERM, its child does not: SIGKILL still comes."""
    script = 'sh -c "$0" & echo $! > pid; wait'
    leader = command("sh", "-c", script, STUBBORN, cwd=tmp_path, stop=Stop(((SIGTERM, 0.1),)))

    with pytest.raises(StepTimedOut) as caught:
        await run_step(Step("x", leader, timeout=0.2))

    assert (caught.value.output.signal, sent(caught.value.output)) == (SIGTERM, [SIGTERM, SIGKILL])
    assert not is_alive(int((tmp_path / "pid").read_text()))


async def test_p40_a_jump_of_the_wall_clock_is_not_noticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """P40: durations and limits are monotonic; here the clock goes back an hour at each look."""
    looks = count()
    monkeypatch.setattr(time, "time", lambda: 1e9 - 3600 * next(looks))
    events: list[Event] = []

    output = await run_step(Step("x", shell("sleep 0.05"), whole), hooks=[events.append])
    with pytest.raises(StepTimedOut) as caught:
        await run_step(Step("x", shell("sleep 60"), timeout=0.1))

    moments = [event.at for event in events]
    assert 0.05 <= output.seconds < 60
    assert 0.1 <= caught.value.output.seconds < 60
    assert moments == sorted(moments)
    assert 0.05 <= moments[-1] < 60


def test_p74_a_signal_never_reaches_who_came_to_the_pid_later() -> None:
    """P74: who was seen and who is there now are told apart by their start."""
    innocent = subprocess.Popen([sys.executable, "-S", "-c", "import time; time.sleep(60)"])
    seen = read_process(innocent.pid)
    assert seen is not None

    evolve(seen, start=seen.start - 1).send(SIGKILL)
    seen.send(SIGCONT)

    with pytest.raises(subprocess.TimeoutExpired):
        innocent.wait(0.05)
    innocent.kill()
    innocent.wait()


async def test_p74_a_child_that_somebody_else_reaped_has_no_known_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """P74: its pid may name another by now: nothing is sent to it, and no exit code is made up."""
    signalled: list[tuple[object, ...]] = []
    monkeypatch.setattr(os, "killpg", lambda *args: signalled.append(args))
    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        output = await run_step(Step("x", python(VANISHING), whole, ok=lambda _: True))
    finally:
        signal.signal(signal.SIGCHLD, before)

    assert (output.exit_code, output.signal, output.how) == (None, None, "exit code unknown")
    assert signalled == []
    assert not is_alive(int(output.stdout))


def runs_as_program(backend: str, source: str, *argv: str) -> subprocess.Popen[str]:
    """A program that uses procman, started with nothing of the tests around it."""
    program = f"BACKEND = {backend!r}\n" + dedent(source)
    return subprocess.Popen(
        [sys.executable, "-c", program, *argv],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )


STOPPED = """
    import sys
    from pathlib import Path
    import anyio
    from procman import *

    folder = Path(sys.argv[1])
    SIGNALS = ((signal.SIGTERM, 60),) if "stubborn" in sys.argv else ((signal.SIGTERM, 5),)

    async def long(context):
        stubborn = f"echo 1 > {folder}/asked"
        trap = stubborn if "stubborn" in sys.argv else "echo obeyed; exit 0"
        script = f"trap '{trap}' TERM; echo 1 > {folder}/ready; while :; do sleep 0.1; done"
        diagnostic = Diagnostic(Step("why", command("echo", "asked")), when=When.ALWAYS)
        await context.run(Step("long", command("sh", "-c", script, stop=Stop(SIGNALS)),
                               diagnose=[diagnostic]))

    async def never(context):
        (folder / "never").touch()

    async def main():
        workflow = Workflow("w")
        first = workflow.job(long)
        workflow.job(never, needs=[first])
        run = await workflow.run(hooks=[Journal(folder / "journal")])
        print([(job.name, job.outcome.value, job.cause) for job in run.jobs])
        print([[step.name, step.outcome.value] for step in run.job("long").steps])
        return run.exit_code

    import signal
    sys.exit(anyio.run(main, backend=BACKEND))
""".replace("import sys\n", "import signal, sys\n", 1)


@pytest.mark.parametrize(("signum", "code"), [(SIGINT, 130), (SIGTERM, 143)])
async def test_p36_a_signal_ends_the_run_in_order(
    signum: Signals, code: int, tmp_path: Path, anyio_backend: str
) -> None:
    """P36: steps are ended, diagnostics run, the journal is whole, 130 or 143 is the exit."""
    program = runs_as_program(anyio_backend, STOPPED, str(tmp_path))
    await until_exists(tmp_path / "ready")

    program.send_signal(signum)
    stdout, stderr = await anyio.to_thread.run_sync(program.communicate)

    reason = f"stopped by {signum.name}"
    assert (program.returncode, stderr) == (code, "")
    assert stdout.splitlines() == [
        str([("long", "cancelled", reason), ("never", "skipped", reason)]),
        str([["long", "cancelled"], ["why", "succeeded"]]),
    ]
    assert not (tmp_path / "never").exists()
    assert '"RunEnded"' in (tmp_path / "journal").read_text().splitlines()[-1]


async def test_p36_a_second_signal_ends_at_once(tmp_path: Path, anyio_backend: str) -> None:
    """P36: a child with a minute to obey is not given it."""
    program = runs_as_program(anyio_backend, STOPPED, str(tmp_path), "stubborn")
    await until_exists(tmp_path / "ready")

    program.send_signal(SIGINT)
    await until_exists(tmp_path / "asked")
    with anyio.fail_after(20):
        program.send_signal(SIGINT)
        _, stderr = await anyio.to_thread.run_sync(program.communicate)

    assert (program.returncode, stderr) == (130, "")


def test_p74_the_end_of_a_child_that_is_gone_already_is_told_at_once() -> None:
    """P74: it ended, and was reaped, between its start and the first look at it."""
    gone = subprocess.Popen([sys.executable, "-S", "-c", ""])
    gone.wait()

    descriptor = exit_descriptor(gone.pid)

    try:
        assert select.select([descriptor], [], [], 5) == ([descriptor], [], [])
    finally:
        os.close(descriptor)


class OnceAwaited:
    """
    A descriptor that was waited for: closed, it still wakes who waits for its number then.

    It is that of a process, which a fork keeps open; trio goes on waiting until it is reaped.
    """

    def __init__(self) -> None:
        self._other = subprocess.Popen(["/bin/cat"], stdin=subprocess.PIPE)
        self.number = os.pidfd_open(self._other.pid)
        self._kept = os.dup(self.number)

    def close(self) -> None:
        """Let another one have the number."""
        os.close(self.number)

    def wake(self) -> None:
        """Wake who waits for it."""
        with self._other:
            self._other.kill()

    def forget(self) -> None:
        """Let go of it for good."""
        os.close(self._kept)


async def once_awaited() -> OnceAwaited:
    """One that was waited for in vain."""
    one = OnceAwaited()
    with anyio.move_on_after(0.001):
        await anyio.wait_readable(one.number)
    return one


async def test_p34_a_wake_up_for_nothing_is_no_end() -> None:
    """P34: a child ends when it ends, and not when its parent is woken."""

    async def ends_as_it_should(lower: int) -> None:
        spare = [os.open(os.devnull, os.O_RDONLY) for _ in range(lower)]
        before = await once_awaited()

        async def before_spawn() -> dict[str, str]:
            for fd in spare:
                os.close(fd)
            before.close()
            before.wake()
            return {}

        command = shell("sleep 0.03; echo x")
        capture = Capture(drain=0.01)
        output = await run_step(
            Step("x", command, whole, before_spawn=before_spawn, capture=capture, ok=whatever)
        )
        before.forget()
        assert (output.stdout, output.how) == (b"x\n", "exit code 0"), lower

    # With so many free below it the number becomes that of our child's pidfd, with one of them.
    for lower in range(12):
        await ends_as_it_should(lower)


async def test_p36_a_wake_up_for_nothing_is_no_signal() -> None:
    """P36: whoever listens for signals listens on."""
    before = await once_awaited()
    before.close()
    async with interrupts({signal.SIGUSR1}) as found:
        await anyio.sleep(0.001)
        before.wake()
        await anyio.sleep(0.001)
        os.kill(os.getpid(), signal.SIGUSR1)
        with anyio.fail_after(10):
            while found.signal is None:
                await anyio.sleep(0.001)
    before.forget()
    assert found.signal is signal.SIGUSR1


def whatever(_: Output) -> bool:
    """Any end will do."""
    return True
