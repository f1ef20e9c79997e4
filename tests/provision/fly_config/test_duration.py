"""Durations as Fly writes them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provision.fly_config.duration import Duration


def exactly(message: str) -> str:
    return f"^{re.escape(message)}$"


@pytest.mark.parametrize(
    ("text", "nanoseconds", "printed"),
    [
        ("15s", 15_000_000_000, "15s"),
        ("15000ms", 15_000_000_000, "15s"),
        ("1m30s", 90_000_000_000, "1m30s"),
        ("90s", 90_000_000_000, "1m30s"),
        ("1.5h", 5_400_000_000_000, "1h30m0s"),
        ("-1h", -3_600_000_000_000, "-1h0m0s"),
        ("+2.5s", 2_500_000_000, "2.5s"),
        ("1500us", 1_500_000, "1.5ms"),
        ("10µs", 10_000, "10µs"),
        ("7ns", 7, "7ns"),
        (".5s", 500_000_000, "500ms"),
        ("0", 0, "0s"),
        ("1h1ns", 3_600_000_000_001, "1h0m0.000000001s"),
    ],
)
def test_a_duration_is_read_and_printed_as_go_does(
    text: str, nanoseconds: int, printed: str
) -> None:
    """Two spellings of one length are equal; the printed form is the one machine configs carry."""
    duration = Duration.parse(text)

    assert (duration.nanoseconds, str(duration)) == (nanoseconds, printed)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "'' is not a duration; write a number and a unit, as in '15s'"),
        ("5", "'5' is not a duration; write a number and a unit, as in '15s'"),
        ("s", "'s' is not a duration; write a number and a unit, as in '15s'"),
        ("1s5", "'1s5' is not a duration; write a number and a unit, as in '15s'"),
        ("2 minutes", "unknown unit ' minutes' in '2 minutes'; use h, m, s, ms, us or ns"),
        ("3d", "unknown unit 'd' in '3d'; use h, m, s, ms, us or ns"),
        ("3000000h", "'3000000h' is longer than Fly can count"),
    ],
)
def test_what_is_no_duration_says_what_one_looks_like(text: str, message: str) -> None:
    """A number without a unit is refused: seconds and milliseconds would be a guess."""
    with pytest.raises(ValueError, match=exactly(message)):
        Duration.parse(text)


@given(st.integers(-(2**63) + 1, 2**63 - 1))
def test_the_printed_form_reads_back_as_the_same_length(nanoseconds: int) -> None:
    """Nothing is rounded on the way."""
    duration = Duration(nanoseconds)

    assert Duration.parse(str(duration)) == duration


def test_seconds_are_a_float() -> None:
    """Durations are float seconds everywhere else in the project."""
    assert Duration.parse("1m0.25s").seconds == 60.25
