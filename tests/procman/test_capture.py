"""Cases B, P72 and P81: what is done with what children print while they run."""

from __future__ import annotations

import gc
import io
import os
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from textwrap import dedent
from typing import Any

import anyio
import anyio.lowlevel
import pytest
from attrs import evolve

from procman import (
    Capture,
    Event,
    Limit,
    LimitName,
    Output,
    OutputLines,
    Redactor,
    Secret,
    Step,
    StepTimedOut,
    json_lines_as,
    run_step,
    text,
    whole,
)
from procman._process.keep import Kept
from procman._process.stream import A_TURN, Stream
from procman.secret import Bytes
from tests.procman.children import IN_TURN, python, shell
from tests.procman.memory import peak_memory

pytestmark = pytest.mark.anyio

MIB = 1024 * 1024

FLOOD = """
    import os, sys
    streams, mib = [int(s) for s in sys.argv[1].split(",")], int(sys.argv[2])
    chunk = bytes(range(256)) * 4096
    for _ in range(mib):
        for fd in streams:
            view = memoryview(chunk)
            while view:
                view = view[os.write(fd, view):]
"""


def flood(streams: str, mib: int, *, capture: Capture | None = None) -> Step[Output]:
    """A step that prints *mib* MiB to each of *streams*."""
    command = python(FLOOD, streams, str(mib))
    return Step("flood", command, capture=capture or Capture(), timeout=120)


async def test_p14_a_flood_is_kept_in_bounds_head_and_tail(tmp_path: Path) -> None:
    """P14: memory stays bounded, the whole stream is on disk, what was cut is said."""
    with peak_memory() as grown:
        output = await run_step(flood("1", 128, capture=Capture(spill=tmp_path)))

    notice = b"\n[... %d bytes cut ...]\n" % (124 * MIB)
    pattern = bytes(range(256))
    assert grown() < 16 * MIB
    assert output.stdout_cut == 124 * MIB
    assert output.stdout == pattern * (3 * 4096) + notice + pattern * 4096
    assert (tmp_path / "stdout").stat().st_size == 128 * MIB
    with (tmp_path / "stdout").open("rb") as file:
        assert all(file.read(MIB) == pattern * 4096 for _ in range(128))


async def test_p14_what_is_spilled_outlives_a_script_that_opens_its_own_stdout(
    tmp_path: Path,
) -> None:
    """P14: were the file itself its stdout, to open that would empty it."""
    script = shell("echo one; echo two > /dev/stdout; echo three")

    output = await run_step(Step("x", script, capture=Capture(spill=tmp_path)))

    assert output.stdout == (tmp_path / "stdout").read_bytes() == b"one\ntwo\nthree\n"


async def test_p14_what_a_child_was_read_into_is_let_go_at_its_end() -> None:
    """P14: memory that waits for the garbage collector is not bounded by anything of ours."""
    gc.collect()
    gc.disable()
    try:
        await run_step(Step("prints", shell("echo hello"), text))
        with suppress(StepTimedOut):
            await run_step(Step("hangs", shell("echo hello; sleep 60"), text, timeout=0.1))
        left = [each for each in gc.get_objects() if isinstance(each, Kept)]
    finally:
        gc.enable()

    assert not left


async def test_p15_two_floods_at_once_do_not_block_each_other() -> None:
    """P15: both streams are drained, whichever fills first."""
    with peak_memory() as grown:
        output = await run_step(flood("1,2", 64, capture=Capture(merged=True)))

    assert output.stdout_cut == output.stderr_cut == 60 * MIB
    assert grown() < 40 * MIB


async def told(step: Step[Output]) -> list[OutputLines]:
    """The line events of *step*."""
    events: list[Event] = []
    await run_step(step, hooks=[events.append])
    return [event for event in events if isinstance(event, OutputLines)]


async def test_p16_an_endless_line_is_cut_and_said_to_be() -> None:
    """P16: 100 MB without a newline are one event with a bounded line."""
    source = "for _ in range(100): print('x' * 1_000_000, end='')\nprint(); print('after')"

    with peak_memory() as grown:
        events = await told(Step("x", python(source), live=True))

    assert [(len(e.lines[0]), e.cut) for e in events] == [(65536, True), (5, False)]
    assert grown() < 16 * MIB


async def test_p18_closing_stdout_is_not_the_end() -> None:
    """P18: the step waits for the exit of a child that closed both its streams."""
    output = await run_step(
        Step("x", shell("echo first; exec >&- 2>&-; sleep 0.1; exit 5"), whole, ok=(5,))
    )

    assert (output.stdout, output.exit_code, output.seconds >= 0.1) == (b"first\n", 5, True)


async def test_p25_the_child_waits_for_a_slow_hook(tmp_path: Path) -> None:
    """P25: nothing is lost, and no more is under way than the pipe and a turn hold."""
    progress = tmp_path / "progress"
    progress.write_text("0")
    source = """
        import os, sys
        progress = os.open(sys.argv[1], os.O_WRONLY)
        for block in range(200):
            lines = "".join(f"{block * 1000 + i:99}\\n" for i in range(1000)).encode()
            while lines:
                lines = lines[os.write(1, lines):]
            os.pwrite(progress, str((block + 1) * 100_000).encode(), 0)
    """
    told: list[int] = [0]
    ahead: list[int] = []

    def slow(event: Event) -> None:
        if isinstance(event, OutputLines):
            time.sleep(0.002)
            ahead.append(int(progress.read_text()) - 100 * told[-1])
            assert event.lines == tuple(f"{told[-1] + i:99}" for i in range(len(event.lines)))
            told.append(told[-1] + len(event.lines))

    with peak_memory() as grown:
        step = Step("x", python(source, str(progress)), live=True, capture=Capture(keep=MIB))
        await run_step(step, hooks=[slow])

    assert told[-1] == 200_000
    assert 0 < max(ahead) < 4 * MIB
    assert grown() < 16 * MIB


async def test_p25_a_hook_slower_than_the_drain_limit_loses_nothing() -> None:
    """P25: what the child left in its pipe is told, however long the last line took."""
    seen: list[str] = []

    def slow(event: Event) -> None:
        if isinstance(event, OutputLines):
            time.sleep(0.02)
            seen.extend(event.lines)

    source = "for i in range(100_000): print(i)"
    step = Step("x", python(source), live=True, capture=Capture(drain=0.01))
    await run_step(step, hooks=[slow])

    assert seen == [str(i) for i in range(100_000)]


LATE = """
{
    sleep 0.1; echo first
    while [ ! -e told ]; do sleep 0.01; done
    echo late; touch said
} &
"""


async def test_p25_what_came_while_a_hook_took_all_of_the_drain_is_told(tmp_path: Path) -> None:
    """P19, P25: a descendant printed it in time; that nobody listened then is our own affair."""
    seen: list[str] = []

    def slow(event: Event) -> None:
        if isinstance(event, OutputLines):
            seen.extend(event.lines)
            (tmp_path / "told").touch()
            while not (tmp_path / "said").exists():
                time.sleep(0.01)
            time.sleep(0.5)

    step = Step("x", shell(LATE, cwd=tmp_path), live=True, capture=Capture(drain=0.5))
    output = await run_step(step, hooks=[slow])

    assert seen == ["first", "late"]
    assert not output.ending.pipe_held


async def test_both_streams_in_order_of_arrival() -> None:
    """On request the two streams are kept in one as well, in the order they came."""
    child = python(IN_TURN, "1a", "2b", "1c", "1d", "2e")

    output = await run_step(Step("x", child, whole, capture=Capture(merged=True)))

    assert (output.merged, output.stdout, output.stderr) == (b"abcde", b"acd", b"be")
    assert output.origins == b"\1\2\1\1\2"


def test_a_pipe_that_cannot_be_widened_is_read_all_the_same() -> None:
    """Its width is only for speed: here a socket stands in for a pipe that is refused one."""
    ours, theirs = socket.socketpair()
    ours.settimeout(0)
    stream = Stream(ours.detach(), 10 * MIB)
    with theirs:
        for _ in range(20):
            theirs.send(b"x" * 10_000)
            assert stream.read()

    assert not stream.read()
    stream.close()
    assert stream.is_at_end
    assert stream.kept.content() == (b"x" * 200_000, 0)


def test_who_takes_his_time_over_what_is_printed_lets_others_have_their_turn() -> None:
    """One turn ends when its time is over, however much there is to read; none of it is lost."""
    pieces: list[int] = []

    class Slow:
        def feed(self, data: Bytes) -> None:
            pieces.append(len(data))
            time.sleep(A_TURN)

        def close(self) -> None:
            pass

    ours, theirs = os.pipe()
    os.set_blocking(ours, False)
    stream = Stream(ours, MIB)
    stream.pass_on(Slow(), Redactor(frozenset()))
    written = os.write(theirs, b"x" * 65536)
    os.close(theirs)
    turns = 0
    while not stream.is_at_end:
        stream.read()
        turns += 1
    stream.close()

    assert sum(pieces) == written == 65536
    assert turns >= len(pieces) > 3


class Sunk:
    """Takes so many pieces and then fails, for good."""

    def __init__(self, pieces: int) -> None:
        self.taken: list[bytes] = []
        self._left = pieces

    def feed(self, data: Bytes) -> None:
        self.taken.append(bytes(data))
        if len(self.taken) > self._left:
            raise ValueError(f"full after {self._left}")

    def close(self) -> None:
        self.feed(b"the end")


def test_whoever_fails_is_given_nothing_more_and_harms_nobody_else() -> None:
    """The first failure is the one that is raised; all others are told to the end."""
    ours, theirs = socket.socketpair()
    ours.settimeout(0)
    stream = Stream(ours.detach(), MIB)
    sinks = [Sunk(2), Sunk(99), Sunk(1)]
    for sink in sinks:
        stream.pass_on(sink, Redactor(frozenset()))
    with theirs:
        for piece in (b"a", b"b", b"c", b"d"):
            theirs.send(piece)
            assert stream.read()
    stream.close()

    assert str(stream.failure) == "full after 1"
    assert [sink.taken for sink in sinks] == [
        [b"a", b"b", b"c"],
        [b"a", b"b", b"c", b"d", b"the end"],
        [b"a", b"b"],
    ]
    assert stream.kept.content() == (b"abcd", 0)


async def test_a_spill_is_whole_and_clean_when_its_reader_is_killed(tmp_path: Path) -> None:
    """P14, P24: whatever was read is on disk at once, also when we die by SIGKILL."""
    source = """
        import os, signal, sys
        from pathlib import Path
        import anyio
        from procman import Capture, OutputLines, Secret, Step, command, run_step

        def die(event):
            if isinstance(event, OutputLines) and "3" in event.lines:
                os.kill(os.getpid(), signal.SIGKILL)

        script = "for i in 1 2; do echo $i; sleep 0.02; echo $S; done; echo 3; sleep 60"
        child = command("sh", "-c", script, env={"S": Secret("hunter2")})
        step = Step("x", child, live=True, capture=Capture(spill=Path(sys.argv[1])))
        anyio.run(lambda: run_step(step, hooks=[die]))
    """

    ended = await anyio.to_thread.run_sync(
        lambda: subprocess.run([sys.executable, "-c", dedent(source), tmp_path], check=False)
    )

    assert ended.returncode == -9
    assert (tmp_path / "stdout").read_text() == "1\n[redacted]\n2\n[redacted]\n3\n"


async def test_a_spill_is_whole_and_clean_when_its_step_is_cancelled(tmp_path: Path) -> None:
    """P32: what was held back, because it could be the beginning of a secret, is in it as well."""
    seen = anyio.Event()
    script = "printf 'hunter2 and\\nhunt'; sleep 60"
    child = shell(script, env={"S": Secret("hunter2")})
    step = Step("x", child, live=True, capture=Capture(spill=tmp_path))

    async with anyio.create_task_group() as tasks:

        def hook(event: Event) -> None:
            if isinstance(event, OutputLines):
                seen.set()

        async def run() -> None:
            await run_step(step, hooks=[hook])

        tasks.start_soon(run)
        await seen.wait()
        tasks.cancel_scope.cancel()

    assert (tmp_path / "stdout").read_text() == "[redacted] and\nhunt"


async def test_a_full_disk_ends_the_step_and_names_the_file(tmp_path: Path) -> None:
    """P14: what cannot be spilled is not lost in silence; the child is ended."""
    (tmp_path / "stdout").symlink_to("/dev/full")
    step = Step("x", shell("echo hello; sleep 60"), capture=Capture(spill=tmp_path))

    with anyio.fail_after(10), pytest.raises(OSError, match="No space left on device") as caught:
        await run_step(step)

    assert str(tmp_path / "stdout") in str(caught.value)


SILENT: Step[Any] = Step("x", shell("echo 1; sleep 0.2; echo 2; exec sleep 60"), whole, quiet=0.6)

PATHS: dict[str, Step[Any]] = {
    "none of it": SILENT,
    "lines": evolve(SILENT, live=True),
    "text": evolve(SILENT, parse=text),
    "json lines": evolve(SILENT, json_lines=True, parse=json_lines_as(int)),
    "spill": evolve(SILENT, capture=Capture(spill=Path("spilled"))),
    "tee": evolve(SILENT, capture=Capture(tee=True)),
    "both in one": evolve(SILENT, capture=Capture(merged=True)),
    "nothing kept": evolve(SILENT, capture=Capture(keep=0)),
    "a secret": evolve(SILENT, command=SILENT.command.with_env({"S": Secret("1\n2\n3")})),
    "all of it": evolve(
        SILENT,
        live=True,
        json_lines=True,
        capture=Capture(spill=Path("all"), tee=True, merged=True),
    ),
}


async def test_p72_silence_is_noticed_on_every_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P72: with hooks, parsers, JSON lines, spilling, tee, both streams in one, or none of it."""
    monkeypatch.chdir(tmp_path)
    found: dict[str, StepTimedOut] = {}

    async def run(path: str) -> None:
        with pytest.raises(StepTimedOut) as caught:
            await run_step(PATHS[path], hooks=[lambda _: None])
        found[path] = caught.value

    async with anyio.create_task_group() as tasks:
        for path in PATHS:
            tasks.start_soon(run, path)

    assert {path: error.limit for path, error in found.items()} == dict.fromkeys(
        PATHS, Limit(LimitName.QUIET, 0.6)
    )
    assert all("quiet of 0.6 s reached" in str(error) for error in found.values())
    # It is counted from the last thing that was printed.
    assert all(error.output.seconds >= 0.8 for error in found.values())


async def test_p72_a_child_is_not_quiet_while_we_do_not_listen() -> None:
    """P72: what it printed while our own program was busy counts."""
    script = "for i in 1 2 3 4 5 6 7 8; do echo $i; sleep 0.06; done"
    step = Step("x", shell(script), quiet=0.2)

    async def busy() -> None:
        for _ in range(3):
            time.sleep(0.25)  # noqa: ASYNC251 - not to let anybody else run is the point
            await anyio.lowlevel.checkpoint()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(busy)
        output = await run_step(step)

    assert len(output.stdout.split()) == 8


async def test_p81_tee_shows_and_captures_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    """P81: both whole, redacted where it is shown, and limits still hold."""
    secret = Secret("hunter2")
    script = (
        "printf 'caf\\303'; sleep 0.05; printf '\\251 hun'; sleep 0.05; echo ter2; echo err >&2"
    )
    step = Step("x", shell(script, env={"S": secret}), whole, capture=Capture(tee=True))

    output = await run_step(step)

    shown = capsys.readouterr()
    assert (shown.out, shown.err) == ("café [redacted]\n", "err\n")
    assert output.stdout == "café hunter2\n".encode()
    with pytest.raises(StepTimedOut):
        await run_step(Step("x", shell("sleep 60"), quiet=0.1, capture=Capture(tee=True)))


async def test_p81_what_our_stdout_cannot_spell_is_shown_as_well_as_it_can(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """P81: an ASCII terminal is no reason to fail."""
    shown = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(shown, encoding="ascii"))

    await run_step(Step("x", shell("printf 'caf\\303\\251\\n'"), capture=Capture(tee=True)))

    assert shown.getvalue() == b"caf?\n"
