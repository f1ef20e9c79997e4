"""What was compared with a real flyctl, when and with which: commands and flags, as data."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from attrs import asdict, frozen

from provision.local.standin.coverage import given

from .compare import Difference
from .script import Chapter

FILE = Path(__file__).parent / "compared.json"


@frozen
class Compared:
    """
    What the last run of the session compared.

    Attributes:
        flyctl: The version of flyctl.
        date: When it ran, as ``2026-11-24``.
        commands: How many commands were given to both programs.
        agreed: The flags that were given to each command where both programs agreed, by its words.
    """

    flyctl: str
    date: str
    commands: int
    agreed: dict[str, list[str]]


def load() -> Compared:
    """Return what the last run compared."""
    return Compared(**json.loads(FILE.read_text("utf-8")))


def write(compared: Compared) -> None:
    """Keep *compared* beside the tests."""
    FILE.write_text(json.dumps(asdict(compared), indent=1) + "\n", "utf-8")


def agreed(chapters: Iterable[Chapter], known: Iterable[Difference]) -> dict[str, list[str]]:
    """
    Return the commands and flags of *chapters* that agree, but for what is *known* not to.

    What flyctl takes for wrong usage counts for no flag: it was not done.
    """
    differing = {(each.chapter, each.line) for each in known}
    found: dict[str, set[str]] = {}
    for chapter in chapters:
        for run in chapter.runs:
            understood = given(list(run.words))
            if understood is not None and (chapter.name, run.line) not in differing:
                words, flags = understood
                found.setdefault(" ".join(words), set()).update(flags - {"help"})
    return {words: sorted(flags) for words, flags in sorted(found.items())}
