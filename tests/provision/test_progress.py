"""What a person sees: one live line an app on a terminal, else plain lines."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import sys
from pathlib import Path

import pytest

from provision.local.world import organizations
from tests.provision.platforms import write_platform
from tests.provision.rehearsals import as_declared, environment, provision, world_of

pytestmark = pytest.mark.long

QUICK = ("test", "-f", "test.toml", "--local", "--settle", "1s")


def on_a_terminal(folder: Path, *args: str) -> tuple[int, str, str]:
    """Run the program with stderr on a terminal; exit code, stdout, what the terminal got."""
    ours, theirs = pty.openpty()
    program = subprocess.Popen(
        [sys.executable, "-m", "provision", *args],
        cwd=folder,
        env=environment(TERM="xterm-256color", COLUMNS="120"),
        stdout=subprocess.PIPE,
        stderr=theirs,
        text=True,
    )
    os.close(theirs)
    shown = b""
    assert program.stdout is not None
    reading = {ours, program.stdout.fileno()}
    stdout = b""
    while reading:
        for fd in select.select(reading, [], [], 60)[0]:
            try:
                data = os.read(fd, 65536)
            except OSError:
                # What a terminal says when its last writer has gone.
                data = b""
            if not data:
                reading.discard(fd)
            elif fd == ours:
                shown += data
            else:
                stdout += data
    os.close(ours)
    program.stdout.close()
    return program.wait(), stdout.decode(), shown.decode()


def test_a_terminal_has_one_live_line_an_app(tmp_path: Path) -> None:
    """Lines are rewritten in place; stdout still has the document alone."""
    write_platform(tmp_path, {"a": "", "b": ""})
    as_declared(tmp_path)

    code, stdout, shown = on_a_terminal(tmp_path, *QUICK)

    last = re.split(r"\x1b\[\d+A", shown)[-1]
    lines = [re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", line).strip() for line in last.splitlines()]
    assert code == 0
    assert stdout.startswith("{")
    assert "\x1b[" in shown
    assert [
        line.split(maxsplit=1) for line in lines if "verify: " in line or "preflight" in line
    ] == [
        ["preflight", "preflight: succeeded"],
        ["org", "verify: read back"],
        ["a", "verify: read back"],
        ["b", "verify: read back"],
    ]


def test_without_a_terminal_there_are_plain_lines(tmp_path: Path) -> None:
    """A line for each beginning and end, no escape codes."""
    write_platform(tmp_path)

    found = provision(tmp_path, *QUICK)

    lines = found.stderr.splitlines()
    assert "\x1b" not in found.stderr
    assert lines[:3] == [
        "preflight: done",
        "provision: org: create organization Acme Test (the token sees no organization acme-test)",
        "provision: org: done",
    ]
    assert "provision: web: done" in lines
    assert "verify: web: read back" in lines


def test_who_looks_for_an_app_that_is_missing_does_not_call_it_done(tmp_path: Path) -> None:
    """It was read back; whether that is well is told by what follows."""
    write_platform(tmp_path)
    with world_of(tmp_path) as world:
        organizations.create(world, "Acme Test")

    found = provision(tmp_path, "verify", *QUICK)

    assert found.stderr.splitlines() == [
        "preflight: done",
        "verify: org: read back",
        "verify: web: read back",
        "finding: web: app: expected app acme-web, found none the token sees in the organization",
    ]
