"""Windows line ends inside the text of a fly.toml."""

from __future__ import annotations

import pytest

from provision.fly_config.line_ends import read_exactly


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ('"""\r\nfirst\r\nsecond"""', "first\r\nsecond"),
        ("'''\r\nx\\\r\ny'''", "x\\\r\ny"),
        ('"""a \\\r\n   \r\n  b\r\nc"""', "a b\r\nc"),
        ('"""a\\\\\r\nb"""', "a\\\r\nb"),
        ('"""\r\n"quoted" \\"""\r\n"""', '"quoted" """\r\n'),
        ('"""lone\nnewline"""', "lone\nnewline"),
        ('"one # line"\r\n# it\'s """\r\ny = 1', "one # line"),
        ('\'"""\'\r\ny = \'"""\'', '"""'),
    ],
)
def test_line_ends_are_kept_inside_text_and_nowhere_else(value: str, text: str) -> None:
    """A comment or a one-line string opens nothing; a continued line still ends in nothing."""
    assert read_exactly(f"x = {value}\r\n")["x"] == text


def test_line_ends_are_kept_at_any_depth() -> None:
    """Tables and lists are read through; what is no text stays what it is."""
    content = read_exactly('[a]\r\nb = [1, { c = """\r\n1\r\n""" }]\r\n')

    assert content == {"a": {"b": [1, {"c": "1\r\n"}]}}
