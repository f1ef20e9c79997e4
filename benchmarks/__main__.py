"""
`python -m benchmarks [ROW…]`: measures and prints the table.

Exit code 1 if a row falls short of its goal, 2 for a row that is not there.
"""

from __future__ import annotations

import argparse
import fnmatch
import sys
from collections.abc import Sequence

from benchmarks.catalogue import COMPARISONS
from benchmarks.comparison import Comparison, Missing
from benchmarks.measuring import Row, measured
from benchmarks.table import DOCUMENT, document, line_of


def main(argv: Sequence[str] | None = None) -> int:
    """Measure what is asked for; the exit code."""
    parser = argparse.ArgumentParser("python -m benchmarks", description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="ROW", help="a name or a pattern; all if none")
    parser.add_argument("--list", action="store_true", help="name the rows and measure nothing")
    parser.add_argument("--rounds", type=int, help="turns of everybody, in place of a row's own")
    parser.add_argument("--write", action="store_true", help=f"write {DOCUMENT}")
    options = parser.parse_args(argv)
    chosen = [c for c in COMPARISONS if _is_chosen(c, options.rows)]
    if not chosen:
        parser.error(f"no such row: {' '.join(options.rows)}; --list names them")
    if options.list:
        for comparison in chosen:
            print(f"{comparison.name:20} {comparison.what}")
        return 0
    rows = _measure(chosen, options.rounds)
    if options.write:
        DOCUMENT.write_text(document(rows), encoding="utf-8")
    return 1 if any(row.falls_short for row in rows) else 0


def _is_chosen(comparison: Comparison, patterns: Sequence[str]) -> bool:
    return not patterns or any(fnmatch.fnmatch(comparison.name, p) for p in patterns)


def _measure(comparisons: Sequence[Comparison], rounds: int | None) -> list[Row]:
    rows = []
    for comparison in comparisons:
        try:
            for row in measured(comparison, rounds):
                rows.append(row)
                print(line_of(row), flush=True)
        except Missing as error:
            print(f"{comparison.name}: not measured: {error}")
    return rows


if __name__ == "__main__":
    sys.exit(main())
