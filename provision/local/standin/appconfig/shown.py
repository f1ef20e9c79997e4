"""A configuration as `config show` prints it: JSON with an empty line before each section."""

from __future__ import annotations

import re

from provision.local.standin.gojson import pretty
from provision.local.world.hints import Any

_OPENS = re.compile(r'\s*"?\w+"?:( [\[{])?')


def shown(document: dict[str, Any]) -> str:
    """Return *document* as JSON, two spaces deep."""
    lines: list[str] = []
    opened = True
    for line in pretty(document, indent=2).splitlines():
        opens = _OPENS.fullmatch(line) is not None
        if opens and not opened:
            lines.append("")
        opened = opens
        lines.append(line)
    return "\n".join(lines) + "\n"
