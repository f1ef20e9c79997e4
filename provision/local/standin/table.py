"""Tables as flyctl prints them, of which it has three kinds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence


def table(rows: Sequence[Sequence[str]], *titles: str, title: str = "") -> str:
    """
    Return *rows* with bars between their columns, and an empty line after them.

    Args:
        rows: The cells; one that ends early is filled up.
        titles: Over the columns, in capitals; none for no such line.
        title: Over all of it, in bold.
    """
    head = [[each.upper() for each in titles]] if titles else []
    width = len(titles) or max(map(len, rows), default=0)
    cells = [*head, *(_filled(row, width) for row in rows)]
    return _titled(title, list(_lines(cells)))


def vertical(row: Sequence[str], *titles: str, title: str = "") -> str:
    """Return one *row* downwards, each value beside its title, with an empty line after it."""
    return _titled(title, list(_lines(list(zip(titles, row, strict=True)))))


def ruled(rows: Sequence[Sequence[str]], *titles: str) -> str:
    """Return *rows* with bars between their columns, and a rule under the titles."""
    cells = [[each.upper() for each in titles], *rows]
    lines = list(_lines(cells))
    if rows:
        lines.insert(1, "┼".join("─" * (width + 2) for width in _widths(cells)) + "\n")
    return "".join(lines)


def boxed(rows: Sequence[Sequence[str]], *titles: str) -> str:
    """Return *rows* in a box, under their titles."""
    cells = [[each.upper() for each in titles], *rows]
    widths = _widths(cells)
    rules = ["─" * (width + 2) for width in widths]
    head = "│".join(_centred(cell, width + 2) for cell, width in zip(cells[0], widths, strict=True))
    body = (f"│{line[:-1]}│\n" for line in list(_lines(cells))[1:])
    top, middle, bottom = (
        f"{left}{between.join(rules)}{right}\n" for left, between, right in ("┌┬┐", "├┼┤", "└┴┘")
    )
    return "".join([top, f"│{head}│\n", middle, *body, bottom])


def _centred(cell: str, width: int) -> str:
    return (" " * ((width - len(cell)) // 2) + cell).ljust(width)


def _filled(row: Sequence[str], length: int) -> list[str]:
    return [*row, *([""] * (length - len(row)))]


def _widths(cells: Sequence[Sequence[str]]) -> list[int]:
    columns = zip(*cells, strict=True)
    return [max(len(line) for cell in column for line in cell.split("\n")) for column in columns]


def _lines(cells: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = _widths(cells)
    for row in cells:
        parts = [cell.split("\n") for cell in row]
        for index in range(max(map(len, parts), default=0)):
            line = (part[index] if index < len(part) else "" for part in parts)
            padded = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
            yield " " + " │ ".join(padded) + " \n"


def _titled(title: str, lines: list[str]) -> str:
    head = f"\x1b[1m{title}\x1b[0m\n" if title else ""
    return head + "".join(lines) + "\n"
