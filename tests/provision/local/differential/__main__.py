"""
Leads a real flyctl and the stand-in through the session; what agreed is kept beside the tests.

    FLYCTL=/path/to/flyctl python -m tests.provision.local.differential [CHAPTER …]

Nothing is kept where they differ in what is not known, or where only some chapters were asked for.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from . import compared as data
from .compare import Difference, known
from .script import Chapter, chapters
from .twins import compared, flyctl_at, named_fly, standin


def main(names: list[str]) -> int:
    flyctl = os.environ.get("FLYCTL") or shutil.which("flyctl")
    if flyctl is None:
        sys.stderr.write("flyctl: not found; name it in FLYCTL\n")
        return 2
    script = [each for each in chapters() if not names or each.name in names]
    excused = [each.difference for each in known() if not names or each.difference.chapter in names]
    found = _differences(Path(flyctl), script)
    unknown = [each for each in found if each not in excused]
    gone = [each for each in excused if each not in found]
    sys.stdout.write("".join(f"{each}\n" for each in unknown))
    sys.stdout.write("".join(f"known, and gone: {each}\n" for each in gone))
    if unknown or gone:
        return 1
    if not names:
        _keep(flyctl, script, excused)
    return 0


def _differences(flyctl: Path, script: list[Chapter]) -> list[Difference]:
    found = []
    with TemporaryDirectory() as folder:
        fly = named_fly(flyctl, Path(folder))
        for chapter in script:
            sys.stderr.write(f"{chapter.name}\n")
            (room := Path(folder) / chapter.name).mkdir()
            found += compared(chapter, room, flyctl_at(fly), standin)
    return found


def _keep(flyctl: str, script: list[Chapter], excused: list[Difference]) -> None:
    said = subprocess.run([flyctl, "version", "--json"], capture_output=True, check=True)
    data.write(
        data.Compared(
            flyctl=json.loads(said.stdout)["Version"],
            date=datetime.now(UTC).date().isoformat(),
            commands=sum(len(chapter.runs) for chapter in script),
            agreed=data.agreed(script, excused),
        )
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
