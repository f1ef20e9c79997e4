"""Measures in a process of its own, where nobody else's imports and garbage count."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

from benchmarks.comparison import Measure, Missing

MISSING = 4
"""The exit code of a measurement that cannot be taken; why stands on its stdout."""


def apart(function: Callable[..., float], *args: Any, **options: Any) -> Measure:
    """
    A measure that calls *function* in a fresh interpreter.

    *function* stands in its module by its name; what it is given is what JSON can hold.
    """
    given = json.dumps([args, options])
    return partial(_measure, function.__module__, function.__name__, given)


def _measure(module: str, function: str, given: str) -> float:
    argv = [sys.executable, "-m", "benchmarks.apart", module, function, given]
    ended = subprocess.run(argv, stdout=subprocess.PIPE, text=True, check=False)
    last = ended.stdout.rpartition("\n\n")[2].strip()
    if ended.returncode == MISSING:
        raise Missing(last)
    ended.check_returncode()
    return float(last)


def _main(module: str, function: str, given: str) -> int:
    args, options = json.loads(given)
    try:
        figure = getattr(importlib.import_module(module), function)(*args, **options)
    except Missing as error:
        print("\n\n", error, sep="")
        return MISSING
    print("\n\n", figure, sep="")
    return 0


if __name__ == "__main__":
    sys.exit(_main(*sys.argv[1:]))
