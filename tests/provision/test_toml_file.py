"""TOML files and the lines of their keys."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from hypothesis import given
from hypothesis import strategies as st

from provision.errors import InvalidFile, Problem
from provision.toml_file import KeyPath, TomlFile, dotted, read_toml

SOURCE = '''\
title = "x"
"quoted key" = 2

[apps.nfs]
a.b = { c = 3, d = [4,
  5, { e = 6 }] }
text = """
[not.a.table]
"""

[[apps.nfs.services]]
port = 1

[[apps.nfs.services.ports]]
start = 2

[[apps.nfs.services]]
[apps.nfs.services.tls]
version = "1.3"
'''


def parsed(text: str) -> TomlFile:
    return TomlFile(Path("x.toml"), text, tomllib.loads(text))


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("title",), 1),
        (("quoted key",), 2),
        (("apps", "nfs"), 4),
        (("apps", "nfs", "a", "b", "c"), 5),
        (("apps", "nfs", "a", "b", "d", 1), 6),
        (("apps", "nfs", "a", "b", "d", 2, "e"), 6),
        (("apps", "nfs", "text"), 7),
        (("apps", "nfs", "services", 0), 11),
        (("apps", "nfs", "services", 0, "ports", 0, "start"), 15),
        (("apps", "nfs", "services", 1, "tls", "version"), 19),
        (("apps", "nfs", "missing"), 4),
        (("missing",), None),
    ],
)
def test_each_key_knows_its_line(path: KeyPath, line: int | None) -> None:
    """A key that is not there has the line of the table it would stand in."""
    assert parsed(SOURCE).line(path) == line


def test_a_path_is_written_as_a_person_would() -> None:
    """Keys are joined by dots, indexes stand in brackets."""
    assert dotted(("apps", "nfs", "services", 0, "ports")) == "apps.nfs.services[0].ports"


def test_windows_line_ends_and_a_byte_order_mark_are_read(tmp_path: Path) -> None:
    """Files written on Windows count their lines the same way."""
    path = tmp_path / "x.toml"
    path.write_bytes(b"\xef\xbb\xbfa = 1\r\n[t]\r\nb = 2\r\n")

    file = read_toml(path)

    assert file.content == {"a": 1, "t": {"b": 2}}
    assert file.line(("t", "b")) == 3


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"a = 1\nb = = 2\n", Problem("", 2, "not TOML: Invalid value, column 5")),
        (b"a = 1\nb = \xff\n", Problem("", 2, "not UTF-8: invalid start byte")),
    ],
)
def test_what_is_not_toml_says_where(tmp_path: Path, content: bytes, problem: Problem) -> None:
    """F01: path, line and column, no traceback."""
    path = tmp_path / "x.toml"
    path.write_bytes(content)

    with pytest.raises(InvalidFile) as caught:
        read_toml(path)

    assert caught.value.problems == (problem,)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """F01: a file that is not there has no line."""
    path = tmp_path / "x.toml"

    with pytest.raises(InvalidFile) as caught:
        read_toml(path)

    assert str(caught.value) == f"{path}: No such file or directory"


scalars = st.integers(-5, 5) | st.text(max_size=5) | st.booleans()
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=12,
)


def every_path(value: Any, path: KeyPath = ()) -> list[KeyPath]:
    if isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value))
    else:
        return [path]
    return [path, *(found for key, item in inner for found in every_path(item, (*path, key)))]


@given(st.dictionaries(st.text(max_size=4), values, max_size=4))
def test_every_key_of_any_file_has_a_line(content: dict[str, Any]) -> None:
    """Whatever the file, each key that tomllib sees is found by the line finder as well."""
    file = parsed(tomli_w.dumps(content))

    found = file._lines

    assert {path for path in every_path(file.content) if path} <= set(found)
