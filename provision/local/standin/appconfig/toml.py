"""Reading TOML, with what is wrong shown in place, as flyctl's library shows it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator

from provision.local.standin.appconfig.toml_problems import Place, explained, undecodable
from provision.local.world.hints import Any

Document = dict[str, Any]
_WINDOW = 3
_LEAST, _LARGEST = -(1 << 63), (1 << 63) - 1
_INTEGER = re.compile(r"[-+]?[0-9][0-9_]*")
_TEXT = re.compile(
    r"""
    "{3} (?:\\.|[^\\])*? "{3} | '{3} .*? '{3}     # of many lines
    | " (?:\\.|[^"\\\n])* " | ' [^'\n]* '      # of one line
    | \# [^\n]*                               # a comment, which may hold quotes
    """,
    re.DOTALL | re.VERBOSE,
)
_LINE_END = re.compile(r"""(?<!^["']{3})(?<!\\)\r\n""")
_MARK = "\ue000"


class TomlError(Exception):
    """Raised for what is no TOML; its text tells the place, and shows it."""


def parse(content: bytes) -> Document:
    """
    Return what *content* says.

    Raises:
        TomlError: It is no TOML.
    """
    if content.startswith(b"\xef\xbb\xbf"):
        raise _wrong(content.decode("utf-8", "replace"), Place(1, 1), undecodable(b"", 0xEF))
    text = _decoded(content)
    try:
        document: Document = _restored(tomllib.loads(_marked(text)))
    except tomllib.TOMLDecodeError as error:
        raise _wrong(text, *explained(text, str(error))) from None
    for number in _integers(document):
        if not _LEAST <= number <= _LARGEST:
            problem = "decimal number is too large to fit in a 64-bit signed integer"
            raise _wrong(text, _find(text, number), problem)
    return document


def _marked(text: str) -> str:
    # Python's reader makes line feeds of Windows' line ends; flyctl's keeps them inside a text.
    if "\r\n" not in text:
        return text
    return _TEXT.sub(lambda found: _LINE_END.sub(_MARK, found[0]), text)


def _restored(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace(_MARK, "\r\n")
    if isinstance(value, list):
        return [_restored(each) for each in value]
    if isinstance(value, dict):
        return {key: _restored(each) for key, each in value.items()}
    return value


def _decoded(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        before = content[: error.start]
        place = Place(before.count(b"\n") + 1, error.start - before.rfind(b"\n"))
        line = before[before.rfind(b"\n") + 1 :]
        text = content.decode("utf-8", "replace")
        raise _wrong(text, place, undecodable(line, content[error.start])) from None


def _integers(value: Any) -> Iterator[int]:
    if isinstance(value, int):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _integers(each)


def _find(text: str, number: int) -> Place:
    for row, line in enumerate(text.split("\n"), 1):
        for found in _INTEGER.finditer(line):
            if int(found[0]) == number:
                return Place(row, found.start() + 1, len(found[0]))
    return Place(1, 1)


def _wrong(text: str, place: Place, problem: str) -> TomlError:
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    first, last = max(1, place.row - _WINDOW), min(len(lines), place.row + _WINDOW)
    while first < place.row and not lines[first - 1]:
        first += 1
    while last > place.row and not lines[last - 1]:
        last -= 1
    width = len(str(last))
    shown = [
        f"{row:>{width}}| {lines[row - 1]}".removesuffix(" ") for row in range(first, last + 1)
    ]
    mark = " " * (place.column - 1) + "~" * place.length
    shown.insert(place.row - first + 1, f"{' ' * width}| {mark} {problem}")
    return TomlError("\n".join([f"row {place.row} column {place.column}", *shown]))
