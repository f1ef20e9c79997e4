"""JSON as Go writes it: four spaces, ``<``, ``>`` and ``&`` escaped, a final newline."""

from __future__ import annotations

import json

from provision.local.world.hints import Any

_ESCAPES = str.maketrans(
    {
        "<": "\\u003c",
        ">": "\\u003e",
        "&": "\\u0026",
        "\u2028": "\\u2028",
        "\u2029": "\\u2029",
    }
)


def pretty(document: Any, indent: int = 4) -> str:
    """Return *document* over many lines, with a final newline."""
    text = json.dumps(document, indent=indent, ensure_ascii=False)
    return text.translate(_ESCAPES) + "\n"


def compact(document: Any) -> str:
    """Return *document* in one line, without a final newline."""
    text = json.dumps(document, separators=(",", ":"), ensure_ascii=False)
    return text.translate(_ESCAPES)
