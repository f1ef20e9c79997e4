"""Case P88: programs that misbehave on cue, and what procman makes of each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from signal import SIGABRT, SIGKILL, SIGTERM

import anyio
import pytest

from procman import (
    Capture,
    CommandFailed,
    Event,
    Limit,
    LimitName,
    Outcome,
    Output,
    OutputLines,
    Step,
    StepEnded,
    StepTimedOut,
    Stop,
    UnparsedOutput,
    command,
    json_as,
    run_step,
    text,
)
from procman.testing import Answer, ScriptedExecutable, answer, expect

pytestmark = pytest.mark.anyio

LINES = "första raden\nandra raden\ntredje: 完了\n"


def playing(tmp_path: Path, played: Answer, stop: Stop | None = None) -> Step[Output]:
    """A step whose program does as *played*, as often as it is run."""
    tool = ScriptedExecutable(tmp_path, "tool", [expect(answer=played, times=None)])
    return Step("tool", command(tool.path, stop=stop), live=True)


async def test_p88_what_drips_is_put_together(tmp_path: Path) -> None:
    """P88: cut within lines and within characters; the lines are whole."""
    dripping = answer(LINES).dripping(seed=3, pieces=len(LINES.encode()), pause=0)
    events: list[Event] = []

    output = await run_step(playing(tmp_path, dripping), hooks=[events.append])

    told = [line for e in events if isinstance(e, OutputLines) for line in e.lines]
    assert told == LINES.splitlines()
    assert output.stdout.decode() == LINES


async def test_p88_a_stall_is_silence(tmp_path: Path) -> None:
    """P88: what it printed before is there; what would have come is not."""
    stalling = answer("x" * 100).stalling(60, seed=1)
    step = playing(tmp_path, stalling)

    with anyio.fail_after(20), pytest.raises(StepTimedOut) as caught:
        await run_step(Step("tool", step.command, quiet=0.2))

    assert caught.value.limit == Limit(LimitName.QUIET, 0.2)
    assert 0 < len(caught.value.output.stdout) < 100


async def test_p88_half_a_line_is_a_line(tmp_path: Path) -> None:
    """P88: the end of the stream ends it; JSON cut in the middle is refused."""
    events: list[Event] = []

    output = await run_step(
        playing(tmp_path, answer("aaa\nbbb\n").half_a_line(seed=4)), hooks=[events.append]
    )
    told = [line for e in events if isinstance(e, OutputLines) for line in e.lines]
    cut = playing(tmp_path / "json", answer('{"apps": [1, 2]}').half_a_line(seed=4))
    with pytest.raises(UnparsedOutput):
        await run_step(Step("tool", cut.command, json_as(dict[str, list[int]])))

    assert told == output.stdout.decode().splitlines()
    assert b"aaa\nbbb\n".startswith(output.stdout)
    assert not output.stdout.endswith(b"\n")


async def test_p88_half_a_character_is_no_text(tmp_path: Path) -> None:
    """P88: the bytes are kept, the parser refuses them."""
    step = playing(tmp_path, answer(LINES).half_a_character(seed=2))

    output = await run_step(step)
    with pytest.raises(UnparsedOutput):
        await run_step(Step("tool", step.command, text))

    with pytest.raises(UnicodeDecodeError, match="unexpected end of data"):
        output.stdout.decode()


async def test_p88_what_ignores_sigterm_is_killed(tmp_path: Path) -> None:
    """P88: after its grace, and all of it."""
    stubborn = answer("up\n").ignoring(SIGTERM).ending_after(60, seed=1)
    step = playing(tmp_path, stubborn, Stop(((SIGTERM, 0.05),)))

    with anyio.fail_after(20), pytest.raises(StepTimedOut) as caught:
        await run_step(Step("tool", step.command, timeout=0.2))

    assert [sent.signal for sent in caught.value.output.ending.sent] == [SIGTERM, SIGKILL]
    assert caught.value.output.stdout == b"up\n"


async def test_p88_a_grandchild_on_the_pipe_is_ended(tmp_path: Path) -> None:
    """P88: the step ends within its drain, and says the pipe was held."""
    step = playing(tmp_path, answer("done\n").leaving_behind(60))

    with anyio.fail_after(20):
        output = await run_step(Step("tool", step.command, capture=Capture(drain=0.1)))

    assert (output.exit_code, output.stdout) == (0, b"done\n")
    assert (output.ending.pipe_held, output.ending.left_over) == (True, 1)


async def test_p88_death_by_a_signal_is_told_as_such(tmp_path: Path) -> None:
    """P88: and is no exit code."""
    with pytest.raises(CommandFailed) as caught:
        await run_step(playing(tmp_path, answer("a\n").dying(SIGABRT)))

    assert (caught.value.output.signal, caught.value.output.exit_code) == (SIGABRT, None)


async def test_p88_an_end_in_the_moment_of_the_limit_has_one_outcome(tmp_path: Path) -> None:
    """P88, P34: in time, with all it printed; or ended by the limit, and said so."""

    async def run(seed: int) -> None:
        step = playing(tmp_path / str(seed), answer("done\n").ending_after(0.1, seed=seed))
        events: list[Event] = []
        try:
            output = await run_step(Step("tool", step.command, timeout=0.1), hooks=[events.append])
        except StepTimedOut as error:
            output = error.output
        if not output.ending.sent:
            assert (output.exit_code, output.stdout) == (0, b"done\n"), seed
        outcome = Outcome.TIMED_OUT if output.ending.sent else Outcome.SUCCEEDED
        names = [type(event).__name__ for event in events]
        assert names.count("AttemptEnded") == names.count("StepEnded") == 1, seed
        assert [e.outcome for e in events if isinstance(e, StepEnded)] == [outcome], seed

    async with anyio.create_task_group() as tasks:
        for seed in range(6):
            tasks.start_soon(run, seed)


def test_p88_chance_is_in_the_seed() -> None:
    """P88: the same seed is the same answer; another is another."""
    whole = answer(LINES * 20)
    changes: list[Callable[[int], Answer]] = [
        lambda seed: whole.dripping(seed=seed),
        lambda seed: whole.stalling(1, seed=seed),
        lambda seed: whole.half_a_line(seed=seed),
        lambda seed: whole.half_a_character(seed=seed),
        lambda seed: whole.ending_after(1, seed=seed),
    ]

    for change in changes:
        assert change(1) == change(1)
        assert len({change(seed) for seed in range(5)}) > 1


def test_p88_what_cannot_be_cut_is_refused() -> None:
    """P88: at once, not by printing something else."""
    with pytest.raises(ValueError, match="no character of several bytes"):
        answer("ascii").half_a_character(seed=1)
    with pytest.raises(ValueError, match="no line"):
        answer("\n").half_a_line(seed=1)
