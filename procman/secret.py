"""Values that must never be seen, and how they are kept out of everything that is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from weakref import WeakValueDictionary

from attrs import field, frozen

from procman._spans import Span, Strand, begins_at, ends_at, replaced, spans_of, united
from procman._spellings import spellings

REDACTED = "[redacted]"

STREAMS = (1, 2)
"""By what number what came on stdout and on stderr is told apart where it is mixed."""

SHORTEST_LASTING = 4
"""Characters of a secret that is looked for all through a job."""

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

    Found are the value itself, as JSON, URL-quoted, in base64 at any offset, and each line of
    one that has several. Where secrets overlap, all they cover is replaced at once.

    Attributes:
        secrets: What to look for; an empty one is not looked for.
    """

    secrets: frozenset[Secret]

    @cached_property
    def spellings(self) -> tuple[bytes, ...]:
        """Every spelling of every secret."""
        return tuple(frozenset().union(*self._by_secret))

    @cached_property
    def _by_secret(self) -> tuple[frozenset[bytes], ...]:
        return tuple(spellings(secret.value) for secret in self.secrets)

    @cached_property
    def _shortest(self) -> tuple[bytes, ...]:
        """Those of which each other contains one: where none of them is, there is no secret."""
        return tuple(frozenset().union(*map(_without_longer, self._by_secret)))

    def clean(self, data: bytes, *, is_torn_before: bool = False, is_torn: bool = False) -> bytes:
        """
        *data* without its secrets.

        Args:
            data: What was printed, or a part of it.
            is_torn_before: Whether something is missing before it: an end of a secret at its
                beginning is replaced as well.
            is_torn: Whether something is missing after it: so is a beginning at its end.
        """
        if not self.spellings:
            return data
        spans = self._spans(data, is_torn_before=is_torn_before, is_torn=is_torn)
        return replaced(data, united(spans), REDACTED.encode())

    def clean_mixed(
        self, data: bytes, origins: bytes, *, is_torn_before: bool = False, is_torn: bool = False
    ) -> bytes:
        """
        As `clean`, of two streams in one: *origins* says of each byte whose it is (`STREAMS`).

        A secret is found in each of the streams, whatever came between, and across them.
        """
        if not self.spellings:
            return data
        torn = {"is_torn_before": is_torn_before, "is_torn": is_torn}
        spans = [*self._spans(data, **torn)]
        for origin in STREAMS:
            strand = Strand(data, origins, origin)
            spans += strand.spread(list(self._spans(strand.content, **torn)))
        return replaced(data, united(spans, with_neighbours=True), REDACTED.encode())

    def clean_text(self, text: str) -> str:
        """*text* without its secrets."""
        if not self.spellings:
            return text
        clean = self.clean(text.encode(errors="surrogateescape"))
        return clean.decode(errors="surrogateescape")

    def stream(self) -> RedactedStream:
        """A redaction of a stream that arrives in pieces."""
        return RedactedStream(self)

    def __or__(self, other: Redactor) -> Redactor:
        return _redactor(self.secrets | other.secrets)

    def edge(self, data: bytes) -> int:
        """From where on *data* may be the beginning of a secret; its length if nowhere."""
        last = data[-1:]
        begun = [begins_at(data, spelling) for spelling in self.spellings if last in spelling]
        return min(begun, default=len(data))

    def whole(self, data: bytes) -> Iterator[Span]:
        """Where there are secrets in *data*, in no order."""
        if any(spelling in data for spelling in self._shortest):
            for spelling in self.spellings:
                yield from spans_of(spelling, data)

    def _spans(self, data: bytes, *, is_torn_before: bool, is_torn: bool) -> Iterator[Span]:
        yield from self.whole(data)
        if is_torn_before and (stop := max(ends_at(data, s) for s in self.spellings)):
            yield 0, stop
        if is_torn and (start := self.edge(data)) < len(data):
            yield start, len(data)


class RedactedStream:
    """Redacts a stream piece by piece: a secret is found wherever it was split."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        self._held = b""
        self._known = 0

    def feed(self, data: Bytes) -> Bytes:
        """What can be shown now; an end that may be the beginning of a secret waits."""
        if not self._redactor.spellings:
            return data
        whole = self._held + data
        return self._show(whole, self._redactor.edge(whole))

    def close(self) -> bytes:
        """The rest."""
        return self._show(self._held, len(self._held))

    def _show(self, data: bytes, end: int) -> bytes:
        """Of *data* what is before *end*; a secret that reaches past it is replaced whole."""
        shown = []
        at = self._known
        for start, stop in united(self._redactor.whole(data)):
            if start >= end:
                break
            if start >= at:
                shown += [data[at:start], REDACTED.encode()]
            at = max(at, stop)
        if at < end:
            shown.append(data[at:end])
        # Of what waits the beginning may be known to be secret, and its replacement be shown.
        self._held, self._known = data[end:], max(at - end, 0)
        return b"".join(shown)


NOTHING_SECRET = Redactor(frozenset[Secret]())


def redactor_of(values: Iterable[object]) -> Redactor:
    """A redactor of the secrets among *values*."""
    secrets = frozenset(value for value in values if isinstance(value, Secret))
    return _redactor(secrets) if secrets else NOTHING_SECRET


_redactors = WeakValueDictionary[frozenset[Secret], Redactor]()


def _redactor(secrets: frozenset[Secret]) -> Redactor:
    """The one of *secrets*: to spell them all takes longer than to look for them."""
    redactor = _redactors.get(secrets)
    if redactor is None:
        redactor = _redactors[secrets] = Redactor(secrets)
    return redactor


def _without_longer(spelled: frozenset[bytes]) -> frozenset[bytes]:
    found: list[bytes] = []
    for spelling in sorted(spelled, key=len):
        if not any(shorter in spelling for shorter in found):
            found.append(spelling)
    return frozenset(found)


class KnownSecrets:
    """
    The secrets that came up in a job: whatever is told of it from then on shows none of them.

    Those that are shorter than any word are looked for in what their own child prints alone.

    Attributes:
        redactor: Knows them all.
    """

    def __init__(self) -> None:
        self.redactor = NOTHING_SECRET

    def learn(self, redactor: Redactor) -> Redactor:
        """One that knows them all, those of *redactor* among them."""
        if redactor is NOTHING_SECRET:
            return self.redactor
        lasting = frozenset(s for s in redactor.secrets if len(s.value) >= SHORTEST_LASTING)
        if not lasting <= self.redactor.secrets:
            self.redactor |= _redactor(lasting)
        return self.redactor if lasting == redactor.secrets else self.redactor | redactor
