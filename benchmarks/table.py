"""The figures as a table: for a terminal, and for `docs/performance.md`."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.measuring import Row

DOCUMENT = Path(__file__).parent.parent / "docs" / "performance.md"

_HEAD = """\
# Performance

Written by `python -m benchmarks --write`; not by hand.
Every row was measured beside its peer in the same run, in turns, and the ratio is the median
of the ratios of the pairs, with the lowest and the highest; a goal is the most that it may be.
What has none is there for scale: `spawn-loop` is a loop of asyncio that starts children, reads
and reaps them and does nothing else, `os.readv` and `str.split` stand alone likewise; what falls
short there does so without procman, too.
"""

_COLUMNS = ("row", "what", "ours", "against", "theirs", "ratio", "goal", "")


def line_of(row: Row) -> str:
    """One row for a terminal."""
    name, _, ours, against, theirs, ratio, goal, verdict = _cells(row)
    other = f"{against} {theirs}".strip()
    return f"{name:20} {ours:>9}  {other:34} {ratio:24} {goal:>7}  {verdict}"


def document(rows: Sequence[Row]) -> str:
    """All rows with date and machine, in Markdown."""
    short = [row for row in rows if row.falls_short]
    parts = [_HEAD, _circumstances(), _table(rows), _verdict(short)]
    return "\n".join(parts)


def _circumstances() -> str:
    now = datetime.now(UTC).date().isoformat()
    load, *_ = os.getloadavg()
    return (
        f"{now}, {_processor()}, {os.cpu_count()} cores, {platform.system()} "
        f"{platform.release()}, Python {platform.python_version()}; load at the end: {load:.1f}.\n"
    )


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.machine()


def _table(rows: Iterable[Row]) -> str:
    lines = [_COLUMNS, ("---",) * len(_COLUMNS), *map(_cells, rows)]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def _cells(row: Row) -> tuple[str, ...]:
    unit = row.comparison.unit
    theirs = "" if row.theirs is None else unit.shown(row.theirs)
    return (
        row.comparison.name,
        row.comparison.what,
        unit.shown(row.ours),
        row.against or "",
        row.missing or theirs,
        _ratio(row),
        _goal(row),
        _word(row),
    )


def _goal(row: Row) -> str:
    if row.goal is None:
        return ""
    return row.comparison.unit.shown(row.goal) if row.against is None else f"{row.goal:.2f}"


def _ratio(row: Row) -> str:
    if row.ratio is None or row.spread is None or row.against is None:
        return ""
    low, high = row.spread
    return f"{row.ratio:.2f} ({low:.2f} to {high:.2f})"


def _word(row: Row) -> str:
    if row.ratio is None:
        return "not measured"
    if row.goal is None:
        return "for scale"
    return "**falls short**" if row.falls_short else "holds"


def _verdict(short: Sequence[Row]) -> str:
    if not short:
        return "Every row holds its goal.\n"
    names = ", ".join(dict.fromkeys(f"`{row.comparison.name}`" for row in short))
    return f"{len(short)} rows fall short of their goal: {names}.\n"
