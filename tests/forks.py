"""
Runs programs as `python program.py` does, each in a fork of this one: procman is loaded already.

Reads folders, one a line, and runs what is in each to its end. Answers with lines of JSON: the
exit code, negative if it was a signal, and what was written to stdout and stderr.
"""

from __future__ import annotations

import gc
import json
import os
import runpy
import signal
import sys

import anyio

from procman import *  # noqa: F403  # all of it, which is loaded only when it is asked for

Pipe = tuple[int, int]

LIMIT = 60
"""Seconds for a program, which SIGALRM ends then."""


def main() -> None:
    """Until stdin ends; in a fork, until its program does."""
    anyio.run(anyio.sleep, 0)  # loads the backend
    gc.freeze()
    for line in sys.stdin:
        stdout, stderr = os.pipe(), os.pipe()
        child = os.fork()
        if child == 0:
            run(line.rstrip("\n"), stdout, stderr)
            return
        signal.alarm(LIMIT + 10)  # for what a program leaves behind, with its stdout open
        said = read(stdout), read(stderr)
        _, status = os.waitpid(child, 0)
        signal.alarm(0)
        print(json.dumps([os.waitstatus_to_exitcode(status), *said]), flush=True)  # noqa: T201


def run(folder: str, stdout: Pipe, stderr: Pipe) -> None:
    """Become the program in *folder*; what it raises is left to the interpreter."""
    signal.alarm(LIMIT)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for target, source in enumerate((nothing, stdout[1], stderr[1])):
        os.dup2(source, target)
    for descriptor in (nothing, *stdout, *stderr):
        os.close(descriptor)
    gc.unfreeze()
    os.chdir(folder)
    sys.path.insert(0, folder)
    runpy.run_path(f"{folder}/program.py", run_name="__main__")


def read(pipe: Pipe) -> str:
    """All that comes, until nobody has the other end any more."""
    os.close(pipe[1])
    with os.fdopen(pipe[0], encoding="utf-8") as stream:
        return stream.read()


if __name__ == "__main__":
    main()
