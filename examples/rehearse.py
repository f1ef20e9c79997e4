"""A platform on a local Fly of its own, then taken down again: `rehearse.py [MANIFEST]`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from provision.cli.main import main

MANIFEST = Path(__file__).parent.parent / "manifests" / "test.toml"


def rehearse(manifest: Path) -> int:
    """Make it, look at it, take it down; the first exit code that is not 0."""
    with tempfile.TemporaryDirectory() as folder:
        common = ["test", "-f", str(manifest), f"--local={folder}/world.db", "--output", "text"]
        return main(common) or main(["verify", *common]) or main(["destroy", *common, "--yes"])


if __name__ == "__main__":
    raise SystemExit(rehearse(Path(sys.argv[1]) if sys.argv[1:] else MANIFEST))
