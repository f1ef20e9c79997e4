"""How much memory the tests' own process takes."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def peak_memory() -> Iterator[Callable[[], int]]:
    """Gives what tells by how many bytes our memory grew at most since the block began."""
    gc.collect()
    # Has the kernel forget the peak of whatever ran before (proc_pid_clear_refs(5)).
    Path("/proc/self/clear_refs").write_text("5")
    before = _memory("VmRSS")
    yield lambda: _memory("VmHWM") - before


def _memory(name: str) -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(name):
            return int(line.split()[1]) * 1024
    raise LookupError(name)
