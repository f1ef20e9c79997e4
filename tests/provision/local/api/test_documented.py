"""The page about the server says what there is."""

from __future__ import annotations

from pathlib import Path

from provision.local.api import flaps, uiex

PAGE = Path(__file__).parents[4] / "docs" / "local-fly.md"


def test_the_page_has_every_route_with_its_operation() -> None:
    """In the order in which they are defined."""
    rows = [
        f"| `{route.request}` | `{route.operation.value}` |"
        for route in (*flaps.ROUTES, *uiex.ROUTES)
    ]

    lines = PAGE.read_text(encoding="utf-8").splitlines()

    begins = lines.index("| route | operation |") + 2
    assert lines[begins : begins + len(rows) + 1] == [*rows, ""]
