"""How programs write a string down: as it is, quoted for one language or another, encoded."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from urllib.parse import quote, quote_plus

SHORTEST_LINE = 6
"""Characters of a line that is looked for by itself; a shorter one is found everywhere."""

SHORTEST_BASE64 = 4
"""Characters of base64 that are looked for; fewer are found in any text."""

ENCODE_URI_COMPONENT = "!'()*"
GO_PATH_ESCAPE = "$&+=:@"
"""What others than Python leave as it is in a URL: JavaScript, Go."""


def spellings(value: str) -> frozenset[bytes]:
    """
    Every spelling of *value*, without the empty one.

    As it is, without white space around it, and each of its lines; URL-quoted, in JSON, between
    quotes of a shell or of Python; in base64, at any place in what was encoded, on one line.
    """
    parts = {value, value.strip()}
    whole = {spelling for part in parts for spelling in _spellings(part)}
    lines = {line.strip() for line in value.splitlines()}
    return frozenset(whole | {_bytes(li) for li in lines if len(li) >= SHORTEST_LINE}) - {b""}


def _bytes(text: str) -> bytes:
    return text.encode(errors="surrogateescape")


def _spellings(value: str) -> Iterator[bytes]:
    yield from map(_bytes, {value, *_in_json(value), *_in_shell(value), repr(value)[1:-1]})
    raw = _bytes(value)
    yield from map(str.encode, _in_url(raw))
    yield from _in_base64(raw)


def _in_url(raw: bytes) -> Iterator[str]:
    quoted = {quote(raw, safe) for safe in ("", "/", ENCODE_URI_COMPONENT, GO_PATH_ESCAPE)}
    for spelling in (*quoted, quote_plus(raw)):
        yield spelling
        yield re.sub("%..", lambda escape: escape[0].lower(), spelling)


def _in_json(value: str) -> Iterator[str]:
    for ascii_only in (True, False):
        plain = json.dumps(value, ensure_ascii=ascii_only)[1:-1]
        yield plain
        yield plain.replace("/", r"\/")
        # Go writes JSON that may stand in HTML.
        yield re.sub("[<>&]", lambda c: f"\\u{ord(c[0]):04x}", plain)


def _in_shell(value: str) -> Iterator[str]:
    for quote_mark in (r"'\''", "'\"'\"'"):
        yield value.replace("'", quote_mark)


def _in_base64(raw: bytes) -> Iterator[bytes]:
    """What base64 makes of *raw* inside a longer text: three alignments, both alphabets."""
    for offset in range(3):
        # Characters that mix bits of the neighbours are left out on both sides; at the end of
        # the text there is no neighbour.
        first = (offset * 8 + 5) // 6
        last = (offset + len(raw)) * 8 // 6
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            at_end = encode(bytes(offset) + raw)[first:]
            for spelling in (at_end[: last - first], at_end.rstrip(b"="), at_end):
                if len(spelling) >= SHORTEST_BASE64:
                    yield spelling
