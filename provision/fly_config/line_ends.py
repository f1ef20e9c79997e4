"""Keeps Windows line ends inside multi-line text, as flyctl does and our TOML reader does not."""

from __future__ import annotations

import re
import tomllib
from typing import Any

# Comments and one-line strings are matched so that a quote inside them opens nothing.
_TEXT = re.compile(
    r'(?P<basic>"""(?:\\.|[^\\])*?"{3,5})'
    r"|(?P<literal>'''.*?'{3,5})"
    r"""|"(?:\\.|[^"\\\n])*"|'[^'\n]*'|#[^\n]*""",
    re.DOTALL,
)
# A backslash at the end of a line swallows the line end and all white space behind it.
_ESCAPES = re.compile(r"(\\[ \t]*\r\n\s*|\\.)|\r\n", re.DOTALL)
_PRIVATE = range(0xE000, 0xF900)


def read_exactly(text: str) -> dict[str, Any]:
    """
    What the valid TOML *text* says, with each Windows line end inside a string kept.

    Source: flyctl internal/appconfig/serde.go
    """
    # Behind each line end to keep stands a character that the text has nowhere else.
    mark = next(chr(code) for code in _PRIVATE if chr(code) not in text)

    def marked(match: re.Match[str]) -> str:
        if match["basic"]:
            return _ESCAPES.sub(lambda inner: inner[1] or f"\n{mark}", match[0])
        return match[0].replace("\r\n", f"\n{mark}") if match["literal"] else match[0]

    content: dict[str, Any] = _restored(tomllib.loads(_TEXT.sub(marked, text)), mark)
    return content


def _restored(value: Any, mark: str) -> Any:
    match value:
        case dict():
            return {key: _restored(item, mark) for key, item in value.items()}
        case list():
            return [_restored(item, mark) for item in value]
        case str():
            return value.replace(f"\n{mark}", "\r\n").replace(mark, "")
        case _:
            return value
