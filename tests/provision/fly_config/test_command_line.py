"""Command lines of a fly.toml and their words."""

from __future__ import annotations

import re

import pytest

from provision.fly_config.command_line import split


def exactly(message: str) -> str:
    return f"^{re.escape(message)}$"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ()),
        ("  ", ()),
        ("bin/server --port 8080", ("bin/server", "--port", "8080")),
        ("sh -c 'exec \"$0\" x'", ("sh", "-c", 'exec "$0" x')),
        (r'echo "a \"b\" \n" c', ("echo", 'a "b" n', "c")),
        (r"echo 'a\b' c\ d", ("echo", r"a\b", "c d")),
        ("--name=\"two words\"'!'", ("--name=two words!",)),
        ("run '' \"\"", ("run", "", "")),
        ("run # a comment\nnext", ("run", "next")),
        ("run a#b", ("run", "a#b")),
        ("a\tb\r\nc", ("a", "b", "c")),
    ],
)
def test_a_command_line_is_split_as_flyctl_splits_it(text: str, words: tuple[str, ...]) -> None:
    """Inside double quotes a backslash escapes any character; a comment ends with its line."""
    assert split(text) == words


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("echo 'a b", "'a b"),
        ('echo "a b', '"a b'),
        (r'echo "a\"', r'"a\"'),
        ("echo a'b", "'b"),
        ("echo a\\", "\\"),
        (f"echo '{'x' * 99}", f"'{'x' * 39}"),
    ],
)
def test_an_open_quote_shows_where_it_opens(text: str, rest: str) -> None:
    """The message shows a little of the line from the quote that was never closed."""
    with pytest.raises(ValueError, match=exactly(f"a quote or a backslash is left open: {rest}")):
        split(text)
