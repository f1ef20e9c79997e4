"""Cases A: how children are started."""

from __future__ import annotations

import hashlib
import json
import math
import os
import random
import resource
import sys
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import anyio
import pytest

from procman import (
    CommandFailed,
    CommandNotFound,
    CommandNotStarted,
    Output,
    Retry,
    Secret,
    Step,
    StepTimedOut,
    command,
    json_as,
    run_step,
    text,
    whole,
)
from procman._process import starter as starting
from tests.procman.children import is_alive, open_descriptors, python, shell, until_exists

pytestmark = pytest.mark.anyio

ENVIRONMENT = "import json, os; print(json.dumps(dict(os.environ)))"


async def test_p01_a_missing_program_is_named_with_where_it_was_looked_for() -> None:
    """P01: what was looked for and where; never retried, whatever the policy."""
    missing = Step(
        "missing",
        command("no-such-program", "x", env={"PATH": "/bin:/nowhere"}),
        retry=Retry(on=Exception, attempts=3, delay=100),
    )

    with pytest.raises(CommandNotFound) as caught:
        await run_step(missing)

    assert str(caught.value) == (
        "no-such-program x: no-such-program: no such program on PATH (/bin:/nowhere)"
    )


async def test_p02_what_is_no_program_is_told_from_what_is_missing(tmp_path: Path) -> None:
    """P02: the same error, saying which."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("#!/bin/sh\n")

    causes = []
    for name in ("folder", "file", "missing"):
        with pytest.raises(CommandNotFound) as caught:
            await run_step(Step("x", command(tmp_path / name)))
        causes.append(caught.value.cause)

    assert causes == [
        f"{tmp_path}/folder is a directory",
        f"{tmp_path}/file is not executable",
        f"{tmp_path}/missing: no such program",
    ]


async def test_p03_a_missing_working_directory_is_not_a_missing_program(tmp_path: Path) -> None:
    """P03: the error names the directory, though the kernel says the same for both."""
    (tmp_path / "file").write_text("")

    causes = []
    for cwd in (tmp_path / "nowhere", tmp_path / "file"):
        with pytest.raises(CommandNotStarted) as caught:
            await run_step(Step("x", command("true", cwd=cwd)))
        assert not isinstance(caught.value, CommandNotFound)
        causes.append(caught.value.cause)

    assert causes == [
        f"working directory {tmp_path}/nowhere does not exist",
        f"working directory {tmp_path}/file is not a directory",
    ]


async def test_p04_a_script_with_a_missing_interpreter_says_so(tmp_path: Path) -> None:
    """P04: the script is there; its interpreter is not."""
    script = tmp_path / "script"
    script.write_text("#!/no/such/interpreter -x\n")
    script.chmod(0o755)

    with pytest.raises(CommandNotStarted) as caught:
        await run_step(Step("x", command(script)))

    assert caught.value.cause == f"{script}: its interpreter /no/such/interpreter does not exist"


async def test_p05_arguments_arrive_byte_for_byte() -> None:
    """P05: spaces, quotes, newlines, stray bytes, the empty string; no shell is involved."""
    argv: list[str | bytes] = ["a b", "'\"", "$HOME `id` ;", "line\nbreak", "", b"\xff\xfe", "é"]
    source = "import os, sys; print([os.fsencode(a) for a in sys.argv[1:]])"

    seen = await run_step(Step("x", command(sys.executable, "-S", "-c", source, *argv), text))

    assert seen == str([os.fsencode(part) for part in argv])


async def test_p06_too_many_arguments_are_a_named_error() -> None:
    """P06: argv beyond the system's limit; nothing is left behind."""
    before = open_descriptors()

    with pytest.raises(CommandNotStarted, match="too large for the system: 60"):
        await run_step(Step("x", command("true", *["x" * 60_000] * 100)))

    assert open_descriptors() == before


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"argv": ("a\0b",)}, "argv: a NUL byte"),
        ({"argv": ("a",), "env": {"X": "a\0b"}}, "env X: a NUL byte"),
        ({"argv": ("a",), "env": {"X": Secret("a\0b")}}, "env X: a NUL byte"),
        ({"argv": ("a",), "cwd": "a\0b"}, "cwd: a NUL byte"),
        ({"argv": ("a",), "env": {"X=Y": "a"}}, "not the name of an environment variable: 'X=Y'"),
        ({"argv": ()}, "a command needs a program"),
    ],
)
def test_p07_what_cannot_be_passed_is_refused_before_spawning(
    options: dict[str, object], message: str
) -> None:
    """P07: building the command is refused already."""
    argv = options.pop("argv")

    with pytest.raises(ValueError, match=message):
        command(*argv, **options)  # type: ignore[misc,arg-type]


async def test_p08_the_environment_is_overlaid(monkeypatch: pytest.MonkeyPatch) -> None:
    """P08: set, replace, remove; our own environment is untouched."""
    monkeypatch.setenv("KEPT", "1")
    monkeypatch.setenv("REPLACED", "old")
    monkeypatch.setenv("REMOVED", "1")
    before = dict(os.environ)
    overlay = {"SET": "2", "REPLACED": "new", "REMOVED": None, "HIDDEN": Secret("s")}

    seen = await run_step(Step("x", python(ENVIRONMENT, env=overlay), json_as(dict[str, str])))

    mark = seen.pop("PROCMAN_CHILD")
    expected = {**before, "SET": "2", "REPLACED": "new", "HIDDEN": "s"}
    del expected["REMOVED"]
    assert {**seen, "LC_CTYPE": ""} == {**expected, "LC_CTYPE": ""}
    assert mark.rpartition(":")[2].startswith(f"{os.getpid()}-")
    assert dict(os.environ) == before


async def test_p08_a_clean_environment_is_clean() -> None:
    """P08: only what was given, and the mark by which descendants are found."""
    clean = command("env", env={"PATH": os.environ["PATH"], "A": "1"}, inherit_env=False)

    seen = await run_step(Step("x", clean, text))

    names = sorted(line.partition("=")[0] for line in seen.splitlines())
    assert names == ["A", "PATH", "PROCMAN_CHILD"]


async def test_p09_a_child_that_reads_meets_end_of_file() -> None:
    """P09: without stdin a child that prompts ends instead of hanging."""
    prompting = python("print(repr(input('name? ')))")

    with pytest.raises(CommandFailed, match="EOFError"):
        await run_step(Step("x", prompting, timeout=10))


async def test_p10_a_large_stdin_arrives_while_output_is_drained() -> None:
    """P10: 64 MiB through a child that takes its time and echoes some; not copied on the way."""
    size = 64 * 1024 * 1024
    source = """
        import sys, hashlib, time
        seen = hashlib.sha256()
        time.sleep(0.05)
        while data := sys.stdin.buffer.read(65536):
            seen.update(data)
            sys.stdout.buffer.write(data[:1000])
        print(seen.hexdigest(), file=sys.stderr)
    """
    data = random.Random(10).randbytes(size)
    step = Step("x", python(source, stdin=data), whole)

    tracemalloc.start()
    output = await run_step(step)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert output.stderr.decode().strip() == hashlib.sha256(data).hexdigest()
    assert len(output.stdout) == 1000 * size // 65536
    assert peak < size // 8


async def test_p11_a_child_may_leave_its_stdin_unread() -> None:
    """P11: its exit code is the result; a broken pipe is its own affair."""
    step = Step("x", shell("exit 7", stdin=b"x" * 10_000_000), ok=(7,))

    output = await run_step(step)

    assert output.exit_code == 7


async def test_p12_two_hundred_steps_leave_no_descriptor_behind() -> None:
    """P12: pipes, selectors and exit descriptors are all closed again."""
    before = open_descriptors()

    async with anyio.create_task_group() as tasks:
        for _ in range(200):
            tasks.start_soon(run_step, Step("x", command("true", stdin=b"x")))

    assert open_descriptors() == before


@contextmanager
def descriptors_left(count: int) -> Iterator[None]:
    """Within the block no more than *count* can be opened."""
    used = {int(each.partition(" ")[0]) for each in open_descriptors()}
    beyond = max(used) + 1
    # What is closed must make room: none may have a number that the limit forbids.
    holes = [os.open(os.devnull, os.O_RDONLY) for _ in range(beyond - len(used))]
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (beyond + count, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        for fd in holes:
            os.close(fd)


def targets(descriptors: set[str]) -> list[str]:
    """What they are; those that are kept back may have other numbers each time."""
    return sorted(each.partition(" ")[2] for each in descriptors)


async def opened_for_writing(fifo: Path) -> int:
    """Our end of it, as soon as somebody reads."""
    with anyio.fail_after(10):
        while True:
            with suppress(OSError):
                return os.open(fifo, os.O_WRONLY | os.O_NONBLOCK)
            await anyio.sleep(0.005)
    raise AssertionError  # fail_after raises


async def test_p13_no_descriptor_left_is_a_named_error_for_that_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P13: however few are left; the running one is unharmed, and nothing stays open."""
    # A start in a thread may not be over when its child runs.
    monkeypatch.setattr(starting, "SLOW", math.inf)
    monkeypatch.setattr(starting.starter, "_busy_until", 0.0)
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    outputs: list[Output] = []
    refused = []

    async def running() -> None:
        outputs.append(await run_step(Step("x", shell(f"cat {gate}"), whole)))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(running)
        writing = await opened_for_writing(gate)
        before = open_descriptors()
        for count in range(15):
            try:
                with descriptors_left(count):
                    await run_step(Step("y", command("true", stdin=b"x")))
            except CommandNotStarted as error:
                refused.append(error.cause)
            assert targets(open_descriptors()) == targets(before)
        os.write(writing, b"done")
        os.close(writing)

    assert set(refused) == {"no file descriptor is left to start it with"}
    assert 0 < len(refused) < 15
    assert [output.stdout for output in outputs] == [b"done"]


async def test_p13_with_no_descriptor_left_a_tree_can_still_be_ended(tmp_path: Path) -> None:
    """P13: some are kept back, or nobody could look who is to be ended."""
    script = f"setsid sleep 60 & echo $! > {tmp_path}/pid; exec sleep 60"
    caught: list[StepTimedOut] = []

    async def running() -> None:
        try:
            await run_step(Step("x", shell(script), timeout=0.3))
        except StepTimedOut as error:
            caught.append(error)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(running)
        pid = int(await until_exists(tmp_path / "pid"))
        with descriptors_left(0), anyio.fail_after(10):
            while not caught:
                await anyio.sleep(0.01)

    assert not is_alive(pid)


def test_a_command_prints_as_one_would_type_it() -> None:
    """Quoted for a shell, on one line, without its secrets."""
    shown = str(
        command("psql", "a b", "line\nbreak", "hunter2", env={"PGPASSWORD": Secret("hunter2")})
    )

    assert shown == r"psql 'a b' 'line\nbreak' [redacted]"


def test_a_command_is_json_free_of_secrets_in_its_repr() -> None:
    """Neither env nor stdin show what is in a `Secret`."""
    shown = repr(command("x", env={"A": Secret("hunter2")}, stdin=Secret("hunter3")))

    assert "hunter" not in json.dumps(shown)
