"""Bodies are read into what they ask for."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provision.local.api.bodies import parsed, read
from provision.local.world.refusals import Malformed


class Part(NamedTuple):
    """A part of a body."""

    number: int


class Body(NamedTuple):
    """A body with a field of every kind."""

    text: str
    flag: bool = True
    number: int = 5
    anything: Any = None
    part: Part | None = None
    parts: list[Part] | None = None
    texts: dict[str, str | None] | None = None


WHOLE = {
    "text": "a",
    "flag": False,
    "number": 0,
    "anything": [None],
    "part": {"number": 1},
    "parts": [{"number": 2}, {"number": 3}],
    "texts": {"a": "b", "c": None},
}


def test_a_whole_body_is_read() -> None:
    """Parts become what they are."""
    parts = [Part(2), Part(3)]

    found = read(Body, WHOLE)

    assert found == Body("a", False, 0, [None], Part(1), parts, {"a": "b", "c": None})  # noqa: FBT003


def test_what_is_missing_or_null_has_its_usual_value() -> None:
    """A field without one is missing."""
    assert read(Body, {"text": "a", "number": None}) == Body("a")
    with pytest.raises(Malformed, match="text is missing"):
        read(Body, {"text": None})


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"text": 1}, "text must be a string"),
        ({"flag": 1}, "flag must be true or false"),
        ({"number": True}, "number must be a whole number from 0"),
        ({"number": 1.0}, "number must be a whole number from 0"),
        ({"number": -1}, "number must be a whole number from 0"),
        ({"number": 2**53 + 1}, "number must be a whole number from 0"),
        ({"part": {"number": "1"}}, "part.number must be a whole number from 0"),
        ({"part": {"number": 1, "b": 2}}, "part.b is not a known field"),
        ({"part": []}, "part must be an object"),
        ({"parts": [{"number": 1}, {}]}, r"parts\[\].number is missing"),
        ({"texts": {"a": 1}}, "texts.a must be a string"),
        ({"surprise": 1}, "surprise is not a known field"),
    ],
)
def test_what_does_not_fit_is_named_by_its_path(more: dict[str, Any], message: str) -> None:
    """And by what it should have been."""
    with pytest.raises(Malformed, match=f"^{message}$"):
        read(Body, WHOLE | more)


def test_other_fields_may_be_let_through() -> None:
    """At every depth, where somebody else's document is looked at."""
    document = WHOLE | {"surprise": 1, "part": {"number": 1, "b": 2}}

    assert read(Body, document, others=True) == read(Body, WHOLE)


JSON: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda each: st.lists(each) | st.dictionaries(st.text() | st.sampled_from(list(WHOLE)), each),
)


@given(JSON)
def test_anything_is_either_read_or_refused(document: Any) -> None:
    """Whatever JSON there is."""
    try:
        found = read(Body, document)
    except Malformed:
        return

    assert isinstance(found, Body)
    assert {name for name in document if document[name] is not None} <= set(Body._fields)


@given(st.binary())
def test_any_bytes_are_either_json_or_refused(content: bytes) -> None:
    """What is read can be written again."""
    try:
        found = parsed(content)
    except Malformed:
        return

    assert json.dumps(found, allow_nan=False)


@pytest.mark.parametrize(("depth", "is_read"), [(99, True), (101, False), (100_000, False)])
@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_what_nests_too_deeply_is_refused(
    opening: str, closing: str, depth: int, *, is_read: bool
) -> None:
    """Long before it could not be read again."""
    content = f"{opening * depth}0{closing * depth}".encode()

    if is_read:
        assert parsed(content)
        return
    with pytest.raises(Malformed, match="nests too deeply"):
        parsed(content)
