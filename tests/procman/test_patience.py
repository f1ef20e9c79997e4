"""Cases D: retries, limits within limits, diagnostics."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from signal import SIGINT, SIGTERM

import anyio
import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from procman import (
    AttemptStarted,
    CommandFailed,
    Context,
    Diagnostic,
    Event,
    Interrupts,
    Journal,
    Outcome,
    Output,
    OutputLines,
    Retry,
    Run,
    Secret,
    Step,
    StepEnded,
    StepError,
    StepTimedOut,
    Stop,
    When,
    Workflow,
    command,
    run_step,
    text,
    whole,
)
from procman.retry import delay_before_next
from tests.procman.children import shell

pytestmark = pytest.mark.anyio

# Fails until it was called so many times; counts in a file.
COUNTING = (
    "n=$(($(cat {file} 2>/dev/null || echo 0) + 1)); echo $n > {file}; echo try $n; [ $n -ge {ok} ]"
)


def counting(file: Path, ok: int) -> str:
    return COUNTING.format(file=file, ok=ok)


class Locked(Exception):
    """What a failure means in these tests."""


class Busy(Exception):
    """An error that says when to come back."""

    def __init__(self, seconds: float) -> None:
        self.retry_after = seconds
        super().__init__(seconds)


async def run_of(step: Step[str], journal: Path) -> Run:
    """The record of a run of *step*, whether it fails or not."""
    workflow = Workflow("w")
    workflow.job(lambda context: context.run(step), name="job")
    return await workflow.run(hooks=[Journal(journal)])


async def test_p41_every_attempt_is_in_the_record(tmp_path: Path) -> None:
    """P41: fails twice, then succeeds: three attempts, each with its output and delay."""
    step = Step(
        "flaky",
        shell(counting(tmp_path / "count", 3)),
        text,
        retry=Retry(on=CommandFailed, attempts=5, delay=0.01, factor=2, jitter=0),
    )

    run = await run_of(step, tmp_path / "journal")

    (record,) = run.job("job").steps
    assert record.outcome is Outcome.SUCCEEDED
    assert [
        (a.number, a.outcome, a.output and a.output.stdout, a.retry_in) for a in record.attempts
    ] == [
        (1, Outcome.FAILED, "try 1\n", 0.01),
        (2, Outcome.FAILED, "try 2\n", 0.02),
        (3, Outcome.SUCCEEDED, "try 3\n", None),
    ]


async def test_p42_an_error_that_is_not_listed_is_not_retried(tmp_path: Path) -> None:
    """P42: one attempt, whatever the policy would allow for others."""
    step = Step(
        "x",
        shell(counting(tmp_path / "count", 3)),
        text,
        retry=Retry(on=StepTimedOut, attempts=5, delay=0),
    )

    run = await run_of(step, tmp_path / "journal")

    (record,) = run.job("job").steps
    assert (record.outcome, len(record.attempts)) == (Outcome.FAILED, 1)


async def test_a_failure_may_be_given_a_name_to_retry_on(tmp_path: Path) -> None:
    """`explain` turns a failure it recognises into an error of its own, cause kept."""

    def explain(error: CommandFailed) -> Exception | None:
        return Locked("locked") if b"try 1" in error.output.stdout else None

    step = Step(
        "x",
        shell(counting(tmp_path / "count", 9)),
        text,
        explain=explain,
        retry=Retry(on=Locked, attempts=5, delay=0),
    )

    with pytest.raises(CommandFailed, match="try 2"):
        await run_step(step)

    with pytest.raises(Locked) as caught:
        await run_step(Step("x", shell("echo try 1; exit 1"), explain=explain))
    assert isinstance(caught.value.__cause__, CommandFailed)


def test_p43_delays_are_the_same_under_a_seed() -> None:
    """P43: exponential, capped, with jitter from a seeded source."""
    retry = Retry(on=Exception, attempts=6, delay=1, factor=3, max_delay=20, jitter=0.5, seed=7)
    steady = Retry(on=Exception, attempts=6, delay=1, factor=3, max_delay=20, jitter=0)

    assert list(steady.delays()) == [1, 3, 9, 20, 20]
    assert list(retry.delays()) == list(retry.delays())
    assert list(retry.delays()) != list(steady.delays())


@given(st.integers(1, 8), st.floats(0, 10), st.floats(1, 4), st.floats(0, 30), st.floats(0, 1))
def test_p43_jitter_only_shortens_and_the_cap_holds(
    attempts: int, delay: float, factor: float, most: float, jitter: float
) -> None:
    """P43: never more than the exponential delay or the cap, never less than its share."""
    retry = Retry(
        on=Exception, attempts=attempts, delay=delay, factor=factor, max_delay=most, jitter=jitter
    )

    for number, found in enumerate(retry.delays()):
        whole = min(delay * factor**number, most)
        assert whole * (1 - jitter) - 1e-9 <= found <= whole + 1e-9


async def test_p43_the_deadline_bounds_attempts_and_waits(tmp_path: Path) -> None:
    """P43: no wait is begun that would pass it; the last error is the error, with a note."""
    step = Step(
        "x",
        shell(counting(tmp_path / "count", 99)),
        text,
        deadline=60,
        retry=Retry(on=CommandFailed, attempts=9, delay=0.01, factor=9000, max_delay=90, jitter=0),
    )

    with anyio.fail_after(30), pytest.raises(CommandFailed) as caught:
        await run_step(step)

    assert caught.value.__notes__[0] == "not tried again: the deadline of 60 s would have passed"
    assert int((tmp_path / "count").read_text()) == 2


def test_p44_an_error_that_says_when_is_believed() -> None:
    """P44: more than the policy's delay is honoured; less does not shorten it."""
    delays = Retry(on=Exception, attempts=4, delay=1, factor=1, jitter=0).delays()

    found = [delay_before_next(delays, error) for error in (Busy(5), Busy(0.1), Locked())]

    assert found == [5, 1, 1]
    assert delay_before_next(delays, Busy(5)) is None


async def test_p45_the_innermost_limit_that_expires_names_itself(tmp_path: Path) -> None:
    """P45: step, job and workflow limits at once; each in turn the shortest."""
    found = []
    for limits in ((0.1, 9, 9), (9, 0.1, 9), (9, 9, 0.1)):
        workflow = Workflow("w", timeout=limits[2])
        step = Step("x", shell("sleep 30"), timeout=limits[0])
        job = workflow.job(
            lambda context, step=step: context.run(step),  # type: ignore[misc]
            name="job",
            timeout=limits[1],
        )
        run = await workflow.run(hooks=[Journal(tmp_path / "journal")])
        found.append((run.job("job").outcome, run.job("job").cause, run.outcome))
        assert run.error(job) is not None

    assert found[0][0] is Outcome.TIMED_OUT
    assert found[0][1].startswith("sh -c 'sleep 30': timeout of 0.1 s reached")
    assert found[1:] == [
        (Outcome.TIMED_OUT, "job job: job timeout of 0.1 s reached", Outcome.FAILED),
        (Outcome.TIMED_OUT, "workflow timeout of 0.1 s reached", Outcome.TIMED_OUT),
    ]


async def test_the_deadline_of_a_step_ends_a_running_attempt() -> None:
    """P45: what is left of the deadline is the limit of the attempt, by its own name."""
    step = Step("x", shell("sleep 30"), timeout=20, deadline=0.1)

    with pytest.raises(StepTimedOut, match=r"deadline of 0\.1 s reached"):
        await run_step(step)


async def test_p46_diagnostics_run_after_a_failure_and_hang_on_the_error() -> None:
    """P46: after the last attempt; their own failure is recorded and hides nothing."""
    step = Step(
        "x",
        shell("echo bad >&2; exit 1"),
        diagnose=[
            Step("activity", shell("echo 3 locks held")),
            Step("broken", command("no-such-program")),
            Step("slow", shell("sleep 30"), timeout=0.1),
        ],
    )

    with pytest.raises(CommandFailed, match="bad") as caught:
        await run_step(step)

    found = [(record.name, record.outcome) for record in caught.value.diagnostics]
    assert found == [
        ("activity", Outcome.SUCCEEDED),
        ("broken", Outcome.FAILED),
        ("slow", Outcome.TIMED_OUT),
    ]
    assert "  diagnostic activity: done\n  | 3 locks held\n" in str(caught.value)
    assert "no-such-program: no such program" in str(caught.value)


async def test_p46_diagnostics_have_a_budget_together() -> None:
    """P46: what does not fit is not run; what ran is attached."""
    step = Step(
        "x",
        shell("exit 1"),
        diagnose=[Step("a", shell("echo a")), Step("b", shell("sleep 30")), Step("c", shell("x"))],
        diagnose_budget=0.3,
    )

    with anyio.fail_after(5), pytest.raises(CommandFailed) as caught:
        await run_step(step)

    found = [(r.name, r.outcome, r.cause) for r in caught.value.diagnostics]
    assert found == [
        ("a", Outcome.SUCCEEDED, ""),
        ("b", Outcome.CANCELLED, "diagnose budget of 0.3 s reached"),
    ]


async def test_p46_what_was_found_out_hangs_on_the_cause_of_an_explained_failure() -> None:
    """P46: an error of one's own has no place for it; the failure it explains has."""
    step = Step(
        "x",
        shell("exit 1"),
        explain=lambda _: Locked("locked"),
        diagnose=[Step("who", shell("echo mallory"))],
    )

    with pytest.raises(Locked) as caught:
        await run_step(step)

    assert isinstance(caught.value.__cause__, CommandFailed)
    assert [d.last_lines(1) for d in caught.value.__cause__.diagnostics] == [("mallory",)]


async def test_p46_a_cancelled_diagnosis_hides_nothing() -> None:
    """P46: the step ends once, as it failed; the cancellation passes on."""
    step = Step("x", shell("exit 3"), diagnose=[Step("why", shell("exec sleep 60"))])
    events: list[Event] = []

    with anyio.fail_after(20), anyio.CancelScope() as scope:

        def cancel(event: Event) -> None:
            events.append(event)
            if isinstance(event, AttemptStarted) and event.step == "why":
                scope.cancel()

        await run_step(step, hooks=[cancel])

    ends = [(e.step, e.outcome) for e in events if isinstance(e, StepEnded)]
    assert ends == [("why", Outcome.CANCELLED), ("x", Outcome.FAILED)]
    assert scope.cancelled_caught


@pytest.mark.parametrize(
    ("when", "ran"),
    [
        (When.FAILURE, ["failure"]),
        (When.TIMEOUT, ["timeout"]),
        (When.ANY_FAILURE, ["failure", "timeout"]),
        (When.CANCELLATION, ["cancellation"]),
        (When.ALWAYS, ["failure", "timeout", "cancellation"]),
    ],
)
async def test_p47_p48_diagnostics_run_on_the_ends_they_are_declared_for(
    when: When, ran: list[str]
) -> None:
    """P47, P48: failure, timeout, cancellation (shielded); nothing after success."""
    diagnose = [Diagnostic(Step("why", shell("echo asked")), when=when)]
    steps = {
        "success": Step("x", shell("echo"), diagnose=diagnose, live=True),
        "failure": Step("x", shell("exit 1"), diagnose=diagnose, live=True),
        "timeout": Step("x", shell("exec sleep 30"), timeout=0.05, diagnose=diagnose, live=True),
        "cancellation": Step("x", shell("echo; exec sleep 30"), diagnose=diagnose, live=True),
    }
    found, cancelled = [], []

    async def run(name: str) -> None:
        events: list[Event] = []

        def hook(event: Event) -> None:
            events.append(event)
            if name == "cancellation" and isinstance(event, OutputLines):
                scope.cancel()

        with anyio.fail_after(10), anyio.CancelScope() as scope, suppress(StepError):
            await run_step(steps[name], hooks=[hook])
        ends = [e.outcome for e in events if isinstance(e, StepEnded) and e.step == "why"]
        assert ends in ([], [Outcome.SUCCEEDED])
        found.extend([name] if ends else [])
        cancelled.extend([name] if scope.cancelled_caught else [])

    for name in steps:
        await run(name)

    assert found == ran
    assert cancelled == ["cancellation"]


async def test_p48_diagnostics_during_a_cancellation_are_bounded() -> None:
    """P48: by their own limit, then by their budget; then the cancellation passes on."""
    slow = Step("slow", shell("exec sleep 60"), timeout=0.05)
    endless = Step("endless", shell("exec sleep 60"))
    step = Step(
        "x",
        shell("exec sleep 60"),
        diagnose=[Diagnostic(each, when=When.CANCELLATION) for each in (slow, endless, slow)],
        diagnose_budget=0.3,
    )
    events: list[Event] = []

    with anyio.fail_after(20), anyio.move_on_after(0.05) as scope:
        await run_step(step, hooks=[events.append])

    ends = [(e.step, e.outcome) for e in events if isinstance(e, StepEnded)]
    assert ends == [
        ("slow", Outcome.TIMED_OUT),
        ("endless", Outcome.CANCELLED),
        ("x", Outcome.CANCELLED),
    ]
    assert scope.cancelled_caught


async def test_p48_the_second_signal_ends_diagnostics_too() -> None:
    """P48, P36: whoever asks twice does not wait for explanations."""
    asked = Diagnostic(Step("why", shell("echo asked; exec sleep 60"), live=True), when=When.ALWAYS)
    workflow = Workflow("w")
    workflow.job(
        lambda context: context.run(Step("x", shell("exec sleep 60"), diagnose=[asked])), name="j"
    )
    signals = Interrupts()
    events: list[Event] = []

    def interrupt(event: Event) -> None:
        events.append(event)
        if isinstance(event, AttemptStarted) and event.step == "x":
            signals.receive(SIGINT)
        if isinstance(event, OutputLines):
            signals.receive(SIGINT)

    with anyio.fail_after(20):
        run = await workflow.run(hooks=[interrupt], interrupted_by=signals)

    (step, why) = run.job("j").steps
    assert (step.outcome, why.outcome) == (Outcome.CANCELLED, Outcome.CANCELLED)
    assert why.cause == "stopped by SIGINT"
    assert (run.outcome, run.exit_code) == (Outcome.CANCELLED, 130)


async def test_resources_bound_how_many_steps_run_at_once(tmp_path: Path) -> None:
    """P53: one at a time where nothing else is said; as many as the workflow allows."""
    count = f"ls {tmp_path} | wc -l >> {tmp_path}.log"
    script = f"mkdir {tmp_path}/$$; {count}; sleep 0.05; rmdir {tmp_path}/$$"

    async def four(context: Context) -> None:
        async with anyio.create_task_group() as tasks:
            for number in range(4):
                tasks.start_soon(context.run, Step(f"x{number}", shell(script), resource="write"))

    most = []
    for resources in (None, {"write": 2}):
        Path(f"{tmp_path}.log").write_text("")
        workflow = Workflow("w", resources=resources)
        workflow.job(four)
        (await workflow.run()).check()
        most.append(max(int(n) for n in Path(f"{tmp_path}.log").read_text().split()))

    assert most == [1, 2]


async def test_p78_a_running_child_can_be_asked_before_the_first_signal() -> None:
    """P78: on timeout and on silence; it knows pid and group; what it printed is on the error."""

    def look(pid: int) -> Step[Output]:
        return Step("look", shell(f"ps -o pid=,pgid=,stat= -p {pid}"), whole)

    sleeping = Step(
        "x",
        shell("exec sleep 60"),
        diagnose=[Diagnostic(look, while_running=True), Step("after", shell("echo later"))],
    )

    async def run(step: Step[Output]) -> None:
        with pytest.raises(StepTimedOut) as caught:
            await run_step(step)

        running, after = caught.value.diagnostics
        (line,) = running.last_lines(5)
        pid, group, state = line.split()
        assert (pid, state[0]) == (group, "S")
        assert (running.outcome, after.name) == (Outcome.SUCCEEDED, "after")
        first = caught.value.output.ending.sent[0].seconds
        asked = running.started + (running.seconds or 0)
        assert first >= asked - 0.05

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(run, evolve(sleeping, timeout=0.2))
        tasks.start_soon(run, evolve(sleeping, quiet=0.2))


async def test_p78_asking_takes_no_longer_than_its_budget() -> None:
    """P78: the child ends later by at most that; a crash of the diagnostic changes nothing."""
    step = Step(
        "x",
        shell("exec sleep 60"),
        timeout=0.1,
        diagnose=[
            Diagnostic(lambda pid: Step("x", command("no-such", str(pid))), while_running=True),
            Diagnostic(Step("slow", shell("sleep 60")), while_running=True),
        ],
        diagnose_budget=0.2,
    )

    with (
        anyio.fail_after(5),
        pytest.raises(StepTimedOut, match=r"timeout of 0\.1 s reached") as caught,
    ):
        await run_step(step)

    assert [record.outcome for record in caught.value.diagnostics] == [
        Outcome.FAILED,
        Outcome.CANCELLED,
    ]


async def test_p78_a_diagnostic_that_cannot_be_made_is_a_failed_one() -> None:
    """P78: the function that was to make it raised; that changes nothing else."""

    def look(pid: int) -> Step[Output]:
        raise LookupError(f"no tool to ask {pid > 0}")

    step = Step(
        "x",
        shell("exec sleep 60"),
        timeout=0.1,
        diagnose=[Diagnostic(look, while_running=True), Step("after", shell("echo later"))],
    )

    with pytest.raises(StepTimedOut, match=r"timeout of 0\.1 s reached") as caught:
        await run_step(step)

    assert [(d.name, d.outcome, d.cause) for d in caught.value.diagnostics] == [
        ("look", Outcome.FAILED, "LookupError: no tool to ask True"),
        ("after", Outcome.SUCCEEDED, ""),
    ]


async def test_p78_no_grace_goes_beyond_the_budget() -> None:
    """P78: a diagnostic that does not obey is killed when it is used up, and none is begun."""
    stop = Stop(((SIGTERM, 60.0),))
    stubborn = Step("stubborn", shell("trap '' TERM; sleep 60", stop=stop))
    step = Step(
        "x",
        shell("exec sleep 60"),
        timeout=0.1,
        diagnose=[Diagnostic(stubborn, while_running=True), Step("after", shell("echo later"))],
        diagnose_budget=0.2,
    )

    with anyio.fail_after(20), pytest.raises(StepTimedOut) as caught:
        await run_step(step)

    (asked,) = caught.value.diagnostics
    assert (asked.name, asked.outcome) == ("stubborn", Outcome.CANCELLED)
    assert asked.attempts[0].output is not None
    assert asked.attempts[0].output.signals == ("SIGTERM", "SIGKILL")


async def test_p78_the_child_is_read_while_it_is_asked() -> None:
    """P78: a talkative child is not blocked by its full pipe meanwhile."""
    script = "i=0; while :; do echo 0123456789012345678901234567890123456789; done"
    ask = Diagnostic(Step("ask", shell("sleep 0.2")), while_running=True)

    with pytest.raises(StepTimedOut) as caught:
        await run_step(Step("x", shell(script), timeout=0.1, diagnose=[ask]))

    assert caught.value.output.stdout_cut + len(caught.value.output.stdout) > 2**17


async def test_p82_each_attempt_may_get_what_a_value_cannot_hold(tmp_path: Path) -> None:
    """P82: another token each time, in no event."""
    tokens: list[str] = []
    events: list[Event] = []

    async def token() -> dict[str, Secret]:
        tokens.append(f"t0ken-{len(tokens)}")
        return {"TOKEN": Secret(tokens[-1])}

    step = Step(
        "x",
        shell(f"echo $TOKEN; {counting(tmp_path / 'count', 2)}"),
        text,
        before_spawn=token,
        live=True,
        retry=Retry(on=CommandFailed, delay=0),
    )

    found = await run_step(step, hooks=[events.append])

    assert found.splitlines()[0] == "t0ken-1"
    assert len(tokens) == 2
    assert not any(token in repr(events) for token in tokens)


async def test_p79_the_next_attempt_waits_for_the_tree_of_the_last(tmp_path: Path) -> None:
    """P79: after a timeout nothing of the first attempt is left when the second starts."""
    pids = tmp_path / "pids"
    script = (
        f"for p in $(cat {pids} 2>/dev/null); do "
        "grep -qs 'State:.[RSDT]' /proc/$p/status && echo alive; done; "
        f"trap '' TERM; (trap '' TERM; sleep 60) & echo $! $$ >> {pids}; sleep 60"
    )
    step = Step(
        "x",
        shell(script, stop=Stop(((SIGTERM, 0.05),))),
        timeout=0.2,
        retry=Retry(on=StepTimedOut, attempts=2, delay=0),
    )

    with pytest.raises(StepTimedOut) as caught:
        await run_step(step)

    assert caught.value.output.stdout == b""
    assert len(pids.read_text().split()) == 4
