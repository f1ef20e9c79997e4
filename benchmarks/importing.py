"""What `import procman` costs."""

from __future__ import annotations

import subprocess
import sys
import time
from functools import partial

from benchmarks.comparison import Against, Comparison

NOTHING = "pass"


def seconds(statement: str) -> float:
    """Of a fresh interpreter with *statement*, from which that of a bare one is taken off."""
    return _interpreter(statement) - _interpreter(NOTHING)


def _interpreter(statement: str) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", statement], check=True)
    return time.perf_counter() - began


COMPARISONS = (
    Comparison(
        "import",
        "import procman",
        partial(seconds, "import procman"),
        peers=(Against("import anyio, attrs", partial(seconds, "import anyio, attrs"), 1.3),),
        rounds=15,
    ),
)
