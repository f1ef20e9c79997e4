"""Cases P14, P16 and P17 on the pieces: what is kept and told, at every split point."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import accumulate, pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from procman._process.keep import Kept
from procman._process.lines import LONGEST_LINE, LineSplitter

PIECES = st.lists(
    st.sampled_from(
        [b"a", b"\n", b"\r\n", b"\r", b"\0", "é".encode(), b"\xff", b"\xe2\x82", b"long line"]
    ),
    max_size=30,
).map(b"".join)


def split_at(data: bytes, points: Sequence[int]) -> list[bytes]:
    cuts = sorted({0, len(data), *(point % (len(data) + 1) for point in points)})
    return [data[a:b] for a, b in pairwise(cuts)]


def told(pieces: Sequence[bytes]) -> list[tuple[str, bool]]:
    found: list[tuple[str, bool]] = []

    def tell(stream: str, lines: Sequence[str], *, is_cut: bool) -> None:
        assert stream == "stdout"
        found.extend((line, False) for line in lines[:-1])
        found.append((lines[-1], is_cut))

    splitter = LineSplitter("stdout", tell)
    for piece in pieces:
        splitter.feed(piece)
    splitter.close()
    return found


@given(PIECES, st.lists(st.integers(0, 300)))
def test_p17_lines_are_the_same_wherever_the_stream_was_split(
    data: bytes, points: list[int]
) -> None:
    """P17: a character, a line end or a line may be split anywhere."""
    lines = told(split_at(data, points))

    expected = data.removesuffix(b"\n").split(b"\n") if data else []
    assert lines == [(line.decode(errors="replace").removesuffix("\r"), False) for line in expected]


@pytest.mark.parametrize("size", [LONGEST_LINE - 1, LONGEST_LINE, LONGEST_LINE + 1, 200_000])
@pytest.mark.parametrize("piece", [1000, 65_536, 1_000_000])
def test_p16_a_long_line_is_cut_at_the_same_place_however_it_came(size: int, piece: int) -> None:
    """P16: a line is told once, cut or whole, and the next begins where it should."""
    data = b"first\n" + b"x" * size + b"\nlast\n"

    lines = told([data[i : i + piece] for i in range(0, len(data), piece)])

    kept = min(size, LONGEST_LINE)
    assert lines == [("first", False), ("x" * kept, size > LONGEST_LINE), ("last", False)]


ANYTHING = random.Random(14).randbytes(2_000_000)


@given(st.lists(st.integers(0, 200_000), max_size=10), st.integers(0, 1_200_000))
@example([], 0)
@example([1], 0)
@example([200_000] * 9, 7)
@example([200_000] * 9, 1_200_000)
def test_p14_what_is_kept_is_the_beginning_and_the_end(sizes: list[int], limit: int) -> None:
    """P14: never more than the limit; whole if it fits; the gap is counted."""
    data = ANYTHING[: sum(sizes)]
    kept = Kept(limit)
    for end, size in zip(accumulate(sizes), sizes, strict=True):
        kept.feed(memoryview(data)[end - size : end])

    content, cut = kept.content()

    if len(data) <= limit:
        assert (content == data, cut) == (True, 0)
    else:
        head, tail = data[: limit - limit // 4], data[len(data) - limit // 4 :]
        assert cut == len(data) - limit
        assert content == b"%s\n[... %d bytes cut ...]\n%s" % (head, cut, tail)
