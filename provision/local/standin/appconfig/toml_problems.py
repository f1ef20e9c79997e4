"""What is wrong with a TOML file, in the words of flyctl's library instead of Python's."""

from __future__ import annotations

import re

from provision.local.world.record import Record

_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)")
_WORDS = {
    "Expected '=' after a key in a key/value pair": "expected '=' after key",
    "Expected ']' at the end of a table declaration": "expected ']' to close table name",
    "Unclosed array": "expected ',' or ']' after array value",
    "Unclosed inline table": "inline table is incomplete",
    r"Illegal character '\n'": "basic strings cannot have new lines",
}
_WORDS_WITH_LETTER = {
    "Invalid value": "unexpected character {letter} at start of value",
    "Invalid statement": "invalid character at start of key: {letter}",
    "Invalid initial character for a key part": "invalid character at start of key: {letter}",
    "Expected newline or end of document after a statement": "expected newline but got {letter}",
}


class Place(Record):
    """Where in a file something is wrong; rows and columns begin at 1."""

    row: int
    column: int
    length: int = 1


def explained(text: str, problem: str) -> tuple[Place, str]:
    """
    Return where *text* is wrong, and how; in Python's words where flyctl's are not known.

    Args:
        text: The file.
        problem: What Python's reader says, with the place at its end.
    """
    lines = text.split("\n")
    words = _PLACE.sub("", problem)
    found = _PLACE.search(problem)
    if found is None or found[1] is None:
        place = Place(len(lines), len(lines[-1]) + 1)
        if words == "Invalid value":
            return place._replace(column=place.column - 1), "expected value, not end of input"
        return place, _WORDS.get(words, words)
    return _at(Place(int(found[1]), int(found[2])), f"{lines[int(found[1]) - 1]}\n", words)


def undecodable(before: bytes, byte: int) -> str:
    """
    Return what is wrong with a *byte* that is no UTF-8.

    Args:
        before: What stands before it in its line.
        byte: The byte.
    """
    if not before.strip():
        return f"invalid character at start of key: {_letter(byte)}"
    where = "comment" if before.lstrip().startswith(b"#") else "basic string"
    return f"invalid UTF-8 character in {where}"


def _letter(byte: int) -> str:
    # flyctl's library goes by bytes.
    return f"U+{byte:04X} '{chr(byte)}'" if chr(byte).isprintable() else f"U+{byte:04X}"


def _at(place: Place, line: str, words: str) -> tuple[Place, str]:
    if words in _WORDS_WITH_LETTER:
        return place, _WORDS_WITH_LETTER[words].format(letter=_letter(_byte(line, place.column)))
    if words == "Unescaped '\\' in a string":
        escape = place._replace(column=place.column - 2, length=2)
        return escape, f"invalid escape character {_letter(_byte(line, place.column - 1))}"
    if words.startswith("Cannot "):
        return _said_twice(place, line, words)
    if words.startswith("Illegal character") and words not in _WORDS:
        return place, "basic strings cannot have control characters"
    return place, _WORDS.get(words, words)


def _said_twice(place: Place, line: str, words: str) -> tuple[Place, str]:
    table = re.match(r"\[([^\[\]]+)\]", line)
    name = table[1] if table else line.partition("=")[0].strip()
    key = name.rpartition(".")[2]
    where = Place(place.row, line.index(name) + 1, len(name))
    if table and words.startswith("Cannot declare"):
        return where, f"table {name} already exists"
    if table:
        return where, f"key {key} should be a table, not a value"
    if "=" in line:
        return where, f"key {key} is already defined"
    return place, words


def _byte(line: str, column: int) -> int:
    return line[column - 1].encode()[0]
