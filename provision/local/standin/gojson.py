"""JSON and moments as Go writes them: four spaces, ``<``, ``>``, ``&`` escaped, no zeros last."""

from __future__ import annotations

from provision.local.world.clock import rfc3339
from provision.local.world.hints import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

_ESCAPES = {code: f"\\u{code:04x}" for code in (*range(32), *map(ord, "<>&\u2028\u2029"))}
_ESCAPES |= str.maketrans(
    {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
)


def pretty(document: Any, indent: int = 4) -> str:
    """Return *document* over many lines, with a final newline."""
    return _value(document, "\n", " " * indent) + "\n"


def compact(document: Any) -> str:
    """Return *document* in one line, without a final newline."""
    return _value(document, "", "")


def moment(milliseconds: int) -> str:
    """
    Return *milliseconds* as Go writes a ``time.Time``: no zero ends the fraction of a second.

    What flyctl keeps as text (when a machine was made, say) it prints as the API has it instead.
    """
    return f"{rfc3339(milliseconds)[:-1].rstrip('0').removesuffix('.')}Z"


# By ourselves: to load json takes a stand-in longer than most of what it prints.
def _value(value: Any, gap: str, step: str) -> str:
    """*value* behind *gap*, a line break and its indentation, what is in it one *step* further."""
    if isinstance(value, str):
        return f'"{value.translate(_ESCAPES)}"'
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int | float):
        return type(value).__repr__(value)
    deeper = gap + step
    if isinstance(value, dict):
        colon = ": " if gap else ":"
        pieces = (
            f"{_value(key, '', '')}{colon}{_value(each, deeper, step)}"
            for key, each in value.items()
        )
        return _enclosed("{", pieces, "}", gap, deeper)
    return _enclosed("[", (_value(each, deeper, step) for each in value), "]", gap, deeper)


def _enclosed(left: str, pieces: Iterable[str], right: str, gap: str, deeper: str) -> str:
    inner = f",{deeper}".join(pieces)
    return f"{left}{deeper}{inner}{gap}{right}" if inner else left + right
