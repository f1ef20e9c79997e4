"""The C programs we are measured against, compiled when they are first wanted."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

from benchmarks.comparison import Missing

_HERE = Path(__file__).parent


def seconds_of(name: str, *args: str) -> float:
    """
    What the program ``name.c`` beside this module prints when it is run with *args*.

    Raises:
        Missing: there is no C compiler.
    """
    ended = subprocess.run([_compiled(name), *args], stdout=subprocess.PIPE, text=True, check=True)
    return float(ended.stdout)


@cache
def _compiled(name: str) -> Path:
    compiler = shutil.which("cc")
    if compiler is None:
        raise Missing("no C compiler (cc)")
    program = Path(_folder().name) / name
    argv = [compiler, "-O2", "-o", str(program), str(_HERE / f"{name}.c")]
    subprocess.run(argv, check=True)
    return program


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="procman-benchmarks-")
