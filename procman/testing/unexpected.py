"""What a scripted executable becomes when its call was not expected: says what was."""

from __future__ import annotations

import difflib
import json
import os
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

EXIT_CODE = 97
"""Of such a call: unlike those of programs that are likely to be played."""


def main(folder: str, program: str, *argv: str) -> int:
    """Tell it on stderr, and leave the same where `ScriptedExecutable` looks for it."""
    here = Path(folder)
    label = f"unexpected.{os.getpid()}"
    said = f"{Path(program).name}: {_complaint(here, argv)}"
    (here / label).write_text(said, encoding="utf-8", errors="surrogateescape")
    fields = [label, str(len(argv)), *argv]
    with (here / "calls").open("ab") as calls:
        calls.write(b"".join(os.fsencode(field) + b"\0" for field in fields))
    sys.stderr.write(said)
    return EXIT_CODE


def _complaint(here: Path, argv: Sequence[str]) -> str:
    script = json.loads((here / "script.json").read_text(encoding="utf-8"))
    due = [call["argv"] for call in script["calls"] for _ in range(call["times"] or 0)]
    left = [each for n, each in enumerate(due) if not (here / f"claimed.{n}").exists()]
    if not left:
        return "unexpected call, nothing more was expected\n" + _lines("+ ", argv)
    if script["order"] == "kept":
        number = len(due) - len(left) + 1
        return f"unexpected call, not call {number} of {len(due)}\n" + _difference(left[0], argv)
    return "unexpected call, closest to\n" + _difference(_closest(left, argv), argv)


def _closest(expected: list[list[str | None]], argv: Sequence[str]) -> list[str | None]:
    def likeness(candidate: list[str | None]) -> float:
        return difflib.SequenceMatcher(None, candidate, list(argv)).ratio()

    return max(expected, key=likeness)


def _difference(expected: Sequence[str | None], argv: Sequence[str]) -> str:
    """An argument a line: ``-`` was expected, ``+`` came."""
    if len(expected) == len(argv):
        # What may be anything is no difference.
        expected = [a if e is None else e for e, a in zip(expected, argv, strict=True)]
    wanted = ["(any argument)" if e is None else shlex.quote(e) for e in expected]
    lines = difflib.ndiff(wanted, [shlex.quote(a) for a in argv])
    return "".join(f"  {line}\n" for line in lines if not line.startswith("?"))


def _lines(sign: str, argv: Sequence[str]) -> str:
    return "".join(f"  {sign}{shlex.quote(argument)}\n" for argument in argv)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
