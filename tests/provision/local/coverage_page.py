"""
Writes docs/local-fly-coverage.md: what of flyctl the local Fly has, and how that is known.

    python -m tests.provision.local.coverage_page
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

from provision.local.standin.coverage import Covered, commands, elsewhere
from provision.local.standin.grammar import GLOBAL, Effect, Flag
from tests.provision.local.differential.compared import Compared, load

HERE = Path(__file__).parent
PAGE = HERE.parent.parent.parent / "docs" / "local-fly-coverage.md"
HELP_TEXTS = json.loads((HERE / "flyctl_help.json").read_text("utf-8"))
UNCOMPARED = {
    Effect.MODELLED: "modelled",
    Effect.NONE: "taken, without effect",
    Effect.MISSING: "not modelled",
}
TEXT = HERE / "coverage_page.md"
GLOBALS = {flag.name for flag in GLOBAL}


def page() -> str:
    """Return the page as it has to be."""
    last = load()
    return TEXT.read_text("utf-8").format(
        date=last.date,
        flyctl=last.flyctl,
        count=last.commands,
        rows="\n".join(_row(each, last) for each in commands()),
        missing="\n".join(_missing()),
    )


def _row(covered: Covered, last: Compared) -> str:
    words = " ".join(covered.words)
    columns: dict[str, list[str]] = {name: [] for name in ("compared", *UNCOMPARED.values())}
    columns["compared" if words in last.agreed else "modelled"].append("itself")
    for flag in sorted(covered.flags):
        if flag.name not in GLOBALS:
            columns[_state(flag, last.agreed.get(words, []))].append(_shown(flag))
    cells = (", ".join(found) for found in columns.values())
    return f"| `{words}` | {' | '.join(cells)} |"


def _state(flag: Flag, agreed: Iterable[str]) -> str:
    return "compared" if flag.name in agreed else UNCOMPARED[flag.effect]


def _shown(flag: Flag) -> str:
    return f"`--{flag.name}`"


def _missing() -> Iterator[str]:
    listed = {
        (*path.split(), name) for path, text in HELP_TEXTS.items() for name in text["commands"]
    }
    modelled = {each.words[:count] for each in commands() for count in range(1, 4)}
    absent = sorted({*listed, *elsewhere()} - modelled, key=lambda path: (path[:-1], path[-1]))
    for group, paths in groupby(absent, key=lambda path: path[:-1]):
        names = ", ".join(f"`{path[-1]}`" for path in paths)
        yield f"- `{' '.join(group)}`: {names}" if group else f"- {names}"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
