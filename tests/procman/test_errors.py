"""Case P69: what a person reads when a step failed, on one screen."""

from __future__ import annotations

import re
import traceback
from pathlib import Path
from signal import SIGTERM
from textwrap import dedent
from typing import Any

import pytest

from procman import (
    Capture,
    CommandFailed,
    Output,
    Retry,
    Secret,
    Step,
    Stop,
    command,
    json_as,
    run_step,
)
from tests.procman.children import shell

pytestmark = pytest.mark.anyio

HASTY = Stop(((SIGTERM, 0.1),))

SCREENS: dict[str, tuple[Step[Any], str]] = {
    "it failed in a folder": (
        Step("x", shell("for i in $(seq 30); do echo line $i >&2; done; exit 3", cwd="/")),
        r"""
        CommandFailed: sh -c 'for i in $(seq 30); do echo line $i >&2; done; exit 3': exit code 3 \
        after # s (accepted: exit code 0)
          in /
          stderr, the last 10 lines of 30:
          | line 21
          | line 22
          | line 23
          | line 24
          | line 25
          | line 26
          | line 27
          | line 28
          | line 29
          | line 30
        in step x of job x
        """,
    ),
    "it said nothing": (
        Step("x", shell("exit 3"), ok=(0, 2)),
        r"""
        CommandFailed: sh -c 'exit 3': exit code 3 after # s (accepted: exit code 0 or 2)
          it printed nothing
        in step x of job x
        """,
    ),
    "it wrote to a terminal": (
        Step("x", shell(r"printf '\033[31mError:\033[0m no\tway\r\n9%%\r90%%\n\007\n'; exit 1")),
        r"""
        CommandFailed: sh -c 'printf '"'"'\033[31mError:\033[0m no\tway\r\n9%%\r90%%\n\007\n'"'"'; \
        exit 1': exit code 1 after # s (accepted: exit code 0)
          stdout:
          | Error: no       way
          | 90%
          | \x07
        in step x of job x
        """,
    ),
    "it printed more than is kept": (
        Step("x", shell("seq 3000; exit 1"), capture=Capture(keep=400)),
        r"""
        CommandFailed: sh -c 'seq 3000; exit 1': exit code 1 after # s (accepted: exit code 0)
          stdout, the last 10 lines:
          | 2991
          | 2992
          | 2993
          | 2994
          | 2995
          | 2996
          | 2997
          | 2998
          | 2999
          | 3000
          not all of it was kept; `Capture.spill` puts it into files
        in step x of job x
        """,
    ),
    "all of it is in files": (
        Step("x", shell("echo one; exit 1"), capture=Capture(spill=Path("spilled"))),
        r"""
        CommandFailed: sh -c 'echo one; exit 1': exit code 1 after # s (accepted: exit code 0)
          stdout:
          | one
          all of it in spilled
        in step x of job x
        """,
    ),
    "it was killed": (
        Step("x", shell("kill -9 $$")),
        r"""
        CommandFailed: sh -c 'kill -9 $$': SIGKILL after # s (accepted: exit code 0)
          not killed by us: the system sends SIGKILL when memory runs out
          it printed nothing
        in step x of job x
        """,
    ),
    "it left somebody behind": (
        Step("x", shell("sleep 50 & exit 2"), capture=Capture(drain=0.1)),
        r"""
        CommandFailed: sh -c 'sleep 50 & exit 2': exit code 2 after # s (accepted: exit code 0)
          drain of 0.1 s reached
          left 1 process behind
          its output was still held open
          it printed nothing
        in step x of job x
        """,
    ),
    "it took too long": (
        Step("x", shell("echo working; exec sleep 60"), timeout=0.2),
        r"""
        StepTimedOut: sh -c 'echo working; exec sleep 60': timeout of 0.2 s reached, ended by \
        SIGTERM after # s
          stdout:
          | working
        in step x of job x
        """,
    ),
    "it would not end": (
        Step("x", shell("trap '' TERM; echo; sleep 60; sleep 60", stop=HASTY), quiet=0.2),
        r"""
        StepTimedOut: sh -c 'trap '"'"''"'"' TERM; echo; sleep 60; sleep 60': quiet of 0.2 s \
        reached, ended by SIGTERM and SIGKILL after # s
          grace of 0.1 s reached
          it printed nothing
        in step x of job x
        """,
    ),
    "it could not be read": (
        Step("x", shell("printf 'New here?\nPay up.\n'; echo welcome >&2"), json_as(int)),
        r"""
        UnparsedOutput: sh -c 'printf '"'"'New here?\nPay up.\n'"'"'; echo welcome >&2': \
        unexpected output: not JSON at line 1, column 1: Expecting value; saw New here?\nPay up.
          stderr:
          | welcome
        in step x of job x
        """,
    ),
    "it is not there": (
        Step("x", command("pg_dmp", "-Fc", env={"PATH": "/sbin:/bin"})),
        r"""
        CommandNotFound: pg_dmp -Fc: pg_dmp: no such program on PATH (/sbin:/bin)
        in step x of job x
        """,
    ),
    "it was tried again": (
        Step("x", shell("exit 75"), retry=Retry(on=CommandFailed, attempts=3, delay=0)),
        r"""
        CommandFailed: sh -c 'exit 75': exit code 75 after # s (accepted: exit code 0)
          it printed nothing
        in step x of job x, attempt 3
        """,
    ),
    "others were asked why": (
        Step(
            "x",
            shell("echo locked >&2; exit 1"),
            diagnose=[
                Step("locks", shell("seq 100")),
                Step("activity", command("pg_top", env={"PATH": "/bin"})),
            ],
        ),
        r"""
        CommandFailed: sh -c 'echo locked >&2; exit 1': exit code 1 after # s \
        (accepted: exit code 0)
          stderr:
          | locked
          diagnostic locks: done
          | 96
          | 97
          | 98
          | 99
          | 100
          diagnostic activity: pg_top: no such program on PATH (/bin)
        in step x of job x
        """,
    ),
}


@pytest.mark.parametrize("what", SCREENS)
async def test_p69_an_error_is_one_screen(
    what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P69: what ran, where, how long, how it ended, the last lines, where the rest is."""
    monkeypatch.chdir(tmp_path)
    step, screen = SCREENS[what]

    with pytest.raises(Exception) as caught:  # noqa: PT011 - which one is on the screen
        await run_step(step)

    shown = "".join(traceback.format_exception_only(caught.value))
    shown = re.sub(r"\d+\.\d\d s", "# s", shown).removeprefix("procman.errors.")
    assert shown == re.sub(r"\\\n *", "", dedent(screen)).lstrip()
    assert len(shown.splitlines()) <= 24


async def test_p69_lines_are_cut_to_a_few_rows() -> None:
    """P69: a long command, a long line, and one that would write all over the terminal."""
    step = Step("x", shell("yes 0123456789 | head -1000 | tr -d '\\n' >&2; exit 1", env={"A": "1"}))

    with pytest.raises(CommandFailed) as caught:
        await run_step(step)
    with pytest.raises(CommandFailed) as long:
        await run_step(Step("x", command("false", "x" * 10_000, "\x1b[2J")))

    assert max(map(len, str(caught.value).splitlines())) < 220
    assert len(str(long.value)) < 300
    assert str(long.value).isprintable() or "\x1b" not in str(long.value)


def test_p69_the_tail_of_an_output_is_for_a_person() -> None:
    """P69: blank lines do not count; secrets are out before lines are; nothing is no line."""
    stderr = b"\n\na\n \nSECRET\nb\xff\n\n"
    output = Output(1, b"out", stderr, redactor=command("x", secrets=[Secret("SECRET")]).redactor)

    tail = output.tail(2)

    assert (tail.stream, tail.lines, tail.before) == ("stderr", ("[redacted]", "b\ufffd"), 1)
    assert Output(0, b"\n \n").tail(3).lines == ()
    assert Output(0, b"x\ny", stdout_cut=7).tail(1).before is None
