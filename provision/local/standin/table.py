"""Tables as flyctl prints them: titles in capitals, columns with bars between."""

from __future__ import annotations

from collections.abc import Sequence


def table(rows: Sequence[Sequence[str]], *titles: str, title: str = "") -> str:
    """Return *rows* under *titles*, with an empty line after them."""
    cells = [[each.upper() for each in titles], *(_filled(row, len(titles)) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return _titled(title, [_line(row, widths) for row in cells])


def vertical(row: Sequence[str], *titles: str, title: str = "") -> str:
    """Return one *row* downwards, each value beside its title, with an empty line after it."""
    pairs = list(zip(titles, row, strict=True))
    widths = [max(map(len, column)) for column in zip(*pairs, strict=True)]
    return _titled(title, [_line(pair, widths) for pair in pairs])


def _filled(row: Sequence[str], length: int) -> list[str]:
    return [*row, *([""] * (length - len(row)))]


def _line(cells: Sequence[str], widths: list[int]) -> str:
    padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
    return " " + " │ ".join(padded) + " \n"


def _titled(title: str, lines: list[str]) -> str:
    head = f"\x1b[1m{title}\x1b[0m\n" if title else ""
    return head + "".join(lines) + "\n"
