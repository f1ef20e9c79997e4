"""JSON as Go writes it is what Python's own module writes, but for what Go escapes besides."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provision.local.standin.gojson import compact, moment, pretty
from provision.local.world.releases import ReleaseStatus

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
)
ESCAPED = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}
DOCUMENTS = st.recursive(
    SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=10
)


@given(DOCUMENTS)
def test_any_document_is_laid_out_and_read_back_as_by_json(document: Any) -> None:
    """Pretty or compact; what Go escapes is escaped, and means the same."""
    for text, usual in (
        (pretty(document), json.dumps(document, indent=4, ensure_ascii=False) + "\n"),
        (pretty(document, 2), json.dumps(document, indent=2, ensure_ascii=False) + "\n"),
        (compact(document), json.dumps(document, separators=(",", ":"), ensure_ascii=False)),
    ):
        assert json.loads(text) == document
        assert text == usual.translate(ESCAPED)


@pytest.mark.parametrize(
    ("document", "text"),
    [
        ({"a": [], "b": {}, "c": ()}, '{"a":[],"b":{},"c":[]}'),
        ([ReleaseStatus.COMPLETE, True, 1.0, -3], '["complete",true,1.0,-3]'),
        ('a\x00\x7f\t"\\é', '"a\\u0000\x7f\\t\\"\\\\é"'),
    ],
)
def test_what_is_printed(document: Any, text: str) -> None:
    """Enums by their values, control characters by their numbers."""
    assert compact(document) == text


@pytest.mark.parametrize(
    ("milliseconds", "written"),
    [(1001, "01.001"), (1500, "01.5"), (1230, "01.23"), (20_000, "20"), (0, "00")],
)
def test_a_moment_ends_with_no_zero_that_go_would_not_write(
    milliseconds: int, written: str
) -> None:
    """Of the second it is whole, of its fraction nothing but what counts."""
    assert moment(milliseconds) == f"1970-01-01T00:00:{written}Z"
