"""The system call itself, and the way round it for a Python whose own is not known."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from procman import CommandNotFound, Step, command, run_step, text
from procman._process import launch

BOTH = pytest.mark.parametrize("start", [launch.ForkExec, launch.Popen])

TELL = "pwd; echo $A; cut -d' ' -f6 /proc/$$/stat; echo $$; ls /proc/self/fd | tr '\\n' ' '"

WITHOUT_STANDARD_STREAMS = """
import os, sys
for fd in (0, 1, 2):
    os.close(fd)
import anyio
from procman import *
output = anyio.run(run_step, Step("x", command("sh", "-c", "cat; echo err >&2", stdin="in"), whole))
with open(sys.argv[1], "wb") as file:
    file.write(output.stdout + output.stderr)
"""

DAEMON = """
import os, sys
import anyio
from procman import *
step = Step("x", command("echo", "here"), text)
anyio.run(run_step, step)
if os.fork() == 0:
    os.closerange(3, 256)
    with open(sys.argv[1], "w") as file:
        file.write(anyio.run(run_step, step))
    os._exit(0)
os.wait()
"""


def seen_by(
    start: type[launch.ForkExec | launch.Popen],
    argv: Sequence[str],
    cwd: Path | None,
    *pass_fds: int,
) -> bytes:
    """What the child prints; it is reaped."""
    reading, writing = os.pipe()
    null = os.open(os.devnull, os.O_RDONLY)
    environment = {b"PATH": os.environb[b"PATH"], b"A": b"\xff"}
    streams = (null, writing, writing)
    started = start(argv, environment, cwd, streams, pass_fds)
    pid = None
    try:
        pid = started.execute()
    finally:
        started.finish(pid)
    os.close(null)
    os.close(writing)
    with os.fdopen(reading, "rb") as file:
        seen = file.read()
    os.waitpid(pid, 0)
    return seen


@BOTH
def test_a_child_starts_in_its_own_session_with_what_it_was_given(
    start: type[launch.ForkExec | launch.Popen], tmp_path: Path
) -> None:
    """Directory, environment, streams, and of other descriptors those it is to have."""
    inherited, given = os.pipe()
    os.set_inheritable(inherited, True)  # noqa: FBT003 - its only form

    seen = seen_by(start, ["sh", "-c", TELL], tmp_path, given)

    folder, a, session, pid, descriptors = seen.splitlines()
    assert (folder, a, session) == (bytes(tmp_path), b"\xff", pid)
    # One is the folder that ls itself has open.
    assert len({int(fd) for fd in descriptors.split()} - {0, 1, 2, given}) == 1
    os.close(inherited)
    os.close(given)


@BOTH
@pytest.mark.parametrize(
    ("argv", "cwd", "number"),
    [
        (["no-such-program"], None, errno.ENOENT),
        (["true"], Path("/nowhere"), errno.ENOENT),
        (["/etc/passwd"], None, errno.EACCES),
        (["true", *["x" * 60_000] * 100], None, errno.E2BIG),
    ],
)
def test_a_refusal_has_the_systems_number(
    start: type[launch.ForkExec | launch.Popen], argv: Sequence[str], cwd: Path | None, number: int
) -> None:
    """Whoever refused: the child says it before it goes."""
    with pytest.raises(OSError, match=os.strerror(number)) as caught:
        seen_by(start, argv, cwd)

    assert caught.value.errno == number


def test_the_way_of_this_python_is_known() -> None:
    """Else every child would cost twice as much, and nobody would know why."""
    assert launch.IS_KNOWN


def test_closed_standard_streams_are_no_trap(tmp_path: Path) -> None:
    """A parent without any gets pipes numbered 0, 1 and 2; the child's are right all the same."""
    path = os.pathsep.join(sys.path)
    argv = [sys.executable, "-c", WITHOUT_STANDARD_STREAMS, str(tmp_path / "seen")]

    subprocess.run(argv, env={**os.environ, "PYTHONPATH": path}, timeout=30, check=True)

    assert (tmp_path / "seen").read_bytes() == b"inerr\n"


def test_a_program_that_becomes_a_daemon_starts_children_as_before(tmp_path: Path) -> None:
    """It closes every descriptor that it does not know."""
    path = os.pathsep.join(sys.path)
    argv = [sys.executable, "-c", DAEMON, str(tmp_path / "seen")]

    subprocess.run(argv, env={**os.environ, "PYTHONPATH": path}, timeout=30, check=True)

    assert (tmp_path / "seen").read_text() == "here"


@pytest.mark.anyio
async def test_a_start_that_fails_leaves_no_word_for_the_next() -> None:
    """Each hears of its own failure alone."""
    missing = Step("x", command("/nowhere/to/be/found"), text)
    for _ in range(3):
        with pytest.raises(CommandNotFound):
            await run_step(missing)
        assert await run_step(Step("x", command("echo", "here"), text)) == "here"
