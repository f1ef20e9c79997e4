"""
Asks a real flyctl for its verdict on every file of the corpus, and prints what it said as JSON.

    FLYCTL=/path/to/flyctl python tests/provision/fly_config/record_verdicts.py

Nothing leaves the machine: `config validate` reads one file and calls nobody.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

CORPUS = Path(__file__).parent / "corpus"
_NOWHERE = "http://127.0.0.1:9"
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def main() -> int:
    flyctl = os.environ.get("FLYCTL") or shutil.which("flyctl")
    if flyctl is None:
        sys.stderr.write("flyctl: not found; name it in FLYCTL\n")
        return 1
    with ThreadPoolExecutor() as pool:
        files = sorted(CORPUS.glob("*/*.toml"))
        verdicts = dict(
            zip(files, pool.map(lambda file: verdict(flyctl, file), files), strict=True)
        )
    document = {
        "flyctl": version(flyctl),
        "recorded": datetime.now(UTC).date().isoformat(),
        "verdicts": {f"{file.parent.name}/{file.name}": said for file, said in verdicts.items()},
    }
    json.dump(document, sys.stdout, indent=1, ensure_ascii=False)
    sys.stdout.write("\n")
    return 0


def verdict(flyctl: str, file: Path) -> dict[str, Any]:
    """The exit code and every line it said, sorted because flyctl's order varies."""
    done = _run(flyctl, "config", "validate", "--strict", "--config", str(file))
    said = _COLOUR.sub("", done.stdout + "\n" + done.stderr).replace(str(file), file.name)
    lines = {line.strip() for line in said.splitlines()} - {"", f"Validating {file.name}"}
    return {"exit_code": done.returncode, "lines": sorted(lines)}


def version(flyctl: str) -> str:
    said = json.loads(_run(flyctl, "version", "--json").stdout)
    return f"{said['Version']}, commit {said['Commit']}"


def _run(flyctl: str, *args: str) -> subprocess.CompletedProcess[str]:
    with TemporaryDirectory() as folder:
        # A token must be there, but nobody looks at it; no other variable may steer flyctl.
        env = {
            "FLY_API_TOKEN": "none",
            "FLY_CONFIG_DIR": folder,
            "FLY_SEND_METRICS": "0",
            "FLY_NO_UPDATE_CHECK": "1",
            "FLY_API_BASE_URL": _NOWHERE,
            "FLY_FLAPS_BASE_URL": _NOWHERE,
            "FLY_UIEX_BASE_URL": _NOWHERE,
            "HOME": folder,
        }
        command = [flyctl, *args]
        return subprocess.run(
            command,
            env=env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            # What flyctl quotes of a file need not be UTF-8.
            encoding="utf-8",
            errors="replace",
            check=False,
        )


if __name__ == "__main__":
    sys.exit(main())
