"""Values that flyctl turns into text."""

from __future__ import annotations

import tomllib

import pytest

from provision.fly_config.go_text import go_date, go_text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("'plain'", "plain"),
        ("8080", "8080"),
        ("true", "true"),
        ("2.0", "2"),
        ("0.25", "0.25"),
        ("-0.0", "-0"),
        ("123456.0", "123456"),
        ("1234567.0", "1.234567e+06"),
        ("0.00001", "1e-05"),
        ("1e21", "1e+21"),
        ("inf", "+Inf"),
        ("-inf", "-Inf"),
        ("nan", "NaN"),
        ("[1, 'two', true]", "[1 two true]"),
        ("{ b = 2, a = [1] }", "map[a:[1] b:2]"),
        ("2026-11-23", "2026-11-23"),
        ("07:32:00", "07:32:00"),
        ("2026-11-23T07:32:00Z", "2026-11-23 07:32:00 +0000 UTC"),
        ("2026-11-23T07:32:00.25+01:30", "2026-11-23 07:32:00.25 +0130 +0130"),
        ("2026-11-23T07:32:00.5", "2026-11-23T07:32:00.5"),
    ],
)
def test_a_value_becomes_the_text_that_go_makes_of_it(value: str, text: str) -> None:
    """Numbers in [env] reach the machine as Go prints them, large ones with an exponent."""
    assert go_text(tomllib.loads(f"x = {value}")["x"]) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("2026-11-23", "2026-11-23"),
        ("07:32:00.125", "07:32:00.125"),
        ("2026-11-23T07:32:00", "2026-11-23T07:32:00"),
        ("2026-11-23T07:32:00.5Z", "2026-11-23T07:32:00.5Z"),
        ("2026-11-23T07:32:00-05:00", "2026-11-23T07:32:00-05:00"),
    ],
)
def test_a_date_becomes_the_text_of_json(value: str, text: str) -> None:
    """An app may be called 2026-11-23 without quotes."""
    assert go_date(tomllib.loads(f"x = {value}")["x"]) == text
