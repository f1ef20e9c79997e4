"""Values that must never be seen, and how they are kept out of everything that is."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable
from functools import cached_property
from urllib.parse import quote, quote_plus

from attrs import field, frozen

REDACTED = "[redacted]"

Bytes = bytes | memoryview


@frozen(repr=False)
class Secret:
    """
    A string that never prints.

    Attributes:
        value: The string itself; reading it is the one way to see it.
    """

    value: str = field(repr=False)

    def __str__(self) -> str:
        return REDACTED

    __repr__ = __str__


@frozen(slots=False)
class Redactor:
    """
    Replaces secrets by ``[redacted]``, however they are spelled.

    Found are the value itself, as JSON, URL-quoted, and in base64 at any offset.

    Attributes:
        secrets: What to look for; an empty one is not looked for.
    """

    secrets: frozenset[Secret]

    @cached_property
    def spellings(self) -> tuple[bytes, ...]:
        """Every spelling of every secret, the longest first."""
        found = {s for secret in self.secrets for s in _spellings(secret.value) if s}
        return tuple(sorted(found, key=lambda s: (-len(s), s)))

    @cached_property
    def longest(self) -> int:
        """Bytes of the longest spelling; 0 without secrets."""
        return len(self.spellings[0]) if self.spellings else 0

    @cached_property
    def _pattern(self) -> re.Pattern[bytes]:
        return re.compile(b"|".join(map(re.escape, self.spellings)))

    def clean(self, data: bytes) -> bytes:
        """*data* without its secrets."""
        return self._pattern.sub(REDACTED.encode(), data) if self.spellings else data

    def clean_text(self, text: str) -> str:
        """*text* without its secrets."""
        if not self.spellings:
            return text
        clean = self.clean(text.encode(errors="surrogateescape"))
        return clean.decode(errors="surrogateescape")

    def held_back(self, data: bytes) -> int:
        """How many bytes at the end of *data* could be the beginning of a secret."""
        for length in range(min(len(data), self.longest - 1), 0, -1):
            end = data[-length:]
            if any(len(s) > length and s.startswith(end) for s in self.spellings):
                return length
        return 0

    def stream(self) -> RedactedStream:
        """A redaction of a stream that arrives in pieces."""
        return RedactedStream(self)

    def __or__(self, other: Redactor) -> Redactor:
        return Redactor(self.secrets | other.secrets)


class RedactedStream:
    """Redacts a stream piece by piece: a secret is found wherever it was split."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        self._held = b""

    def feed(self, data: Bytes) -> Bytes:
        """What can be shown now; an end that may be the beginning of a secret waits."""
        if not self._redactor.spellings:
            return data
        data = self._redactor.clean(self._held + data)
        end = len(data) - self._redactor.held_back(data)
        self._held = data[end:]
        return data[:end]

    def close(self) -> bytes:
        """The rest."""
        rest, self._held = self._redactor.clean(self._held), b""
        return rest


NOTHING_SECRET = Redactor(frozenset[Secret]())


def redactor_of(values: Iterable[object]) -> Redactor:
    """A redactor of the secrets among *values*."""
    secrets = frozenset(value for value in values if isinstance(value, Secret))
    return Redactor(secrets) if secrets else NOTHING_SECRET


def _spellings(value: str) -> Iterable[bytes]:
    raw = value.encode(errors="surrogateescape")
    yield raw
    for quoted in (quote(raw, safe=""), quote(raw), quote_plus(raw)):
        yield quoted.encode()
    for ascii_only in (True, False):
        yield json.dumps(value, ensure_ascii=ascii_only)[1:-1].encode(errors="surrogateescape")
    yield from _base64_spellings(raw)


def _base64_spellings(raw: bytes) -> Iterable[bytes]:
    """What base64 makes of *raw* inside a longer text: three alignments, both alphabets."""
    for offset in range(3):
        # Characters that mix bits of the neighbours are left out on both sides.
        first = (offset * 8 + 5) // 6
        last = (offset + len(raw)) * 8 // 6
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            spelling = encode(bytes(offset) + raw)[first:last]
            # A very short one would be found in any text.
            if len(spelling) >= 4:  # noqa: PLR2004
                yield spelling
