"""The harness of the benchmarks: what it makes of figures; no test looks at a clock."""

from __future__ import annotations

from itertools import cycle

import pytest

from benchmarks.__main__ import main
from benchmarks.apart import apart
from benchmarks.comparison import Against, Comparison, Measure, Missing, Unit
from benchmarks.measuring import Row, measured
from benchmarks.table import document, line_of


def figures(*values: float) -> Measure:
    """A measure that gives *values* in turn."""
    return cycle(values).__next__


def missing() -> float:
    raise Missing("no compiler")


def triple(number: float) -> float:
    return 3 * number


def rows_of(**options: object) -> list[Row]:
    options = {"name": "x-1", "what": "do x", "ours": figures(1, 2, 9), **options}
    return list(measured(Comparison(**options), 3))  # type: ignore[arg-type]


def test_a_ratio_is_the_median_of_those_of_the_rounds() -> None:
    """Not the ratio of the medians: what slowed a round down slowed both."""
    (row,) = rows_of(peers=(Against("c", figures(2, 2, 3), 0.5),))

    assert (row.ours, row.theirs, row.ratio, row.spread) == (2, 2, 1, (0.5, 3))
    assert row.falls_short


def test_a_row_may_have_a_goal_of_its_own() -> None:
    """Without a peer: the figure itself is held to it."""
    (row,) = rows_of(goal=2.0, unit=Unit.MEBIBYTES)

    assert (row.ratio, row.falls_short) == (2, False)
    assert line_of(row).split() == ["x-1", "2", "MiB", "2", "MiB", "holds"]


def test_what_cannot_be_measured_is_said_and_does_not_fall_short() -> None:
    """A machine without a compiler still measures the rest."""
    (row,) = rows_of(peers=(Against("c", missing, 0.5),))

    assert (row.ratio, row.missing, row.falls_short) == (None, "no compiler", False)
    assert "not measured" in line_of(row)


def test_a_row_without_a_goal_cannot_fall_short() -> None:
    """It is there for scale, and says so."""
    (row,) = rows_of(peers=(Against("c", figures(1), None),))

    assert (row.ratio, row.falls_short) == (2, False)
    assert line_of(row).endswith("for scale")
    assert "| 2.00 (1.00 to 9.00) |  | for scale |" in document([row])
    assert document([row]).endswith("Every row holds its goal.\n")


def test_the_document_says_what_falls_short() -> None:
    """By name, below the table."""
    rows = rows_of(peers=(Against("c", figures(1), 0.5), Against("d", figures(1), 5)))

    written = document(rows)

    assert "| x-1 | do x | 2 s | c | 1 s | 2.00 (1.00 to 9.00) | 0.50 |" in written
    assert written.endswith("1 rows fall short of their goal: `x-1`.\n")


def test_a_measure_is_taken_in_a_process_of_its_own() -> None:
    """What it cannot measure there is missing here."""
    assert apart(triple, 2)() == 6
    with pytest.raises(Missing, match="no compiler"):
        apart(missing)()


def test_a_row_that_is_not_there_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """Rather than measuring nothing and calling it well."""
    with pytest.raises(SystemExit):
        main(["no-such-row"])

    assert "no such row: no-such-row" in capsys.readouterr().err


def test_rows_are_listed_by_pattern(capsys: pytest.CaptureFixture[str]) -> None:
    """Without measuring them."""
    assert main(["--list", "spawn-trio-*"]) == 0

    names = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    assert names == [f"spawn-trio-{width}" for width in (1, 2, 8, 32)]
