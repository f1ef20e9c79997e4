"""The environment that points a flyctl at the local Fly, and keeps it from everywhere else."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path

NOWHERE = "http://127.0.0.1:9"
"""A proxy that refuses: what flyctl would ask of other hosts fails at once."""

UNSET = (
    "FLY_ACCESS_TOKEN",
    "FLY_APP",
    "FLY_FORCE_INSTANCE_ID",
    "FLY_FORCE_REGION",
    "FLY_FORCE_TRACE",
    "FLY_INCIDENTS_CHECK",
    "FLY_ORG",
    "FLY_ORGANIZATION",
    "FLY_REGION",
    "FLY_UPDATE_CHECK",
    "DEPLOY_TRIGGER",
    "CI",
)
"""What must not be set: it would win over the rest, or change what flyctl does."""

CONFIG = "send_metrics: false\nauto_update: false\nsynthetics_agent: false\n"
"""flyctl makes the file itself, and then what is not in it counts as on."""


def environment(url: str, token: str, config_dir: Path) -> dict[str, str]:
    """
    Return the variables that point a flyctl at the local Fly.

    Args:
        url: Where it is served.
        token: What lets in.
        config_dir: A folder for flyctl's own files, as `write_config_dir` makes it.
    """
    return {
        "FLY_CONFIG_DIR": str(config_dir),
        "FLY_API_TOKEN": token,
        "FLY_API_BASE_URL": url,
        "FLY_FLAPS_BASE_URL": url,
        "FLY_UIEX_BASE_URL": url,
        "FLY_SEND_METRICS": "0",
        "FLY_METRICS_BASE_URL": f"{url}/sink",
        "FLY_SYNTHETICS_AGENT": "0",
        "FLY_SYNTHETICS_BASE_URL": f"{url}/sink",
        "FLY_NO_UPDATE_CHECK": "1",
        "FLY_NO_INCIDENTS_CHECK": "1",
        "FLY_STATUSPAGE_UNRESOLVED_INCIDENTS_URL": f"{url}/sink/incidents",
        "FLY_TRACE_COLLECTOR_URL": "127.0.0.1",
        "FLY_REGISTRY_HOST": "127.0.0.1:5000",
        "HTTP_PROXY": NOWHERE,
        "HTTPS_PROXY": NOWHERE,
        "NO_PROXY": "127.0.0.1,localhost",
        "NO_COLOR": "1",
    }


def write_config_dir(folder: Path) -> None:
    """Make *folder* a fresh place for flyctl's own files."""
    folder.mkdir(mode=0o700, exist_ok=True)
    (folder / "config.yml").write_text(CONFIG, encoding="utf-8")


def shell(variables: Mapping[str, str]) -> str:
    """Return lines that a POSIX shell evaluates: what to export, what to unset."""
    lines = [f"export {name}={shlex.quote(value)}" for name, value in variables.items()]
    return "\n".join([*lines, f"unset {' '.join(UNSET)}"]) + "\n"
