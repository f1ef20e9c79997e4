"""Files as a report names them: the same however they were named on the command line."""

from __future__ import annotations

from pathlib import Path


def named(path: Path) -> str:
    """*path* from the current folder if it is in there, else from the root; links followed."""
    real, here = path.resolve(), Path.cwd().resolve()
    return str(real.relative_to(here) if real.is_relative_to(here) else real)
