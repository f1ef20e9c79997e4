"""Reads a TOML file and remembers which line each of its keys stands on."""

from __future__ import annotations

import tomllib
from collections import Counter
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import define, field

from provision.errors import InvalidFile, Problem

if TYPE_CHECKING:
    from tree_sitter import Node

KeyPath = tuple[str | int, ...]
"""How to reach a value: keys of tables and indexes of arrays, from the top."""


def dotted(path: KeyPath) -> str:
    """The path as a person writes it: ``apps.nfs.services[0].ports``."""
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return "".join(parts).removeprefix(".")


@define(slots=False)
class TomlFile:
    """
    A TOML file as it was read.

    Attributes:
        path: Where it was read from.
        text: The text, without a byte-order mark, line ends as in the file.
        content: What `tomllib` made of it.
    """

    path: Path
    text: str
    content: dict[str, Any]

    def line(self, path: KeyPath) -> int | None:
        """The line of the key at *path*, or of the nearest table around it; None for neither."""
        for length in range(len(path), 0, -1):
            if (line := self._lines.get(path[:length])) is not None:
                return line
        return None

    def problem(self, path: KeyPath, message: str) -> Problem:
        """A `Problem` at *path*, with its line."""
        return Problem(dotted(path), self.line(path), message)

    @cached_property
    def _lines(self) -> dict[KeyPath, int]:
        """Found only when somebody asks: a file without problems needs no second parser."""
        return _key_lines(self.text)


def read_toml(path: Path) -> TomlFile:
    """
    Read *path* as TOML 1.0; a UTF-8 byte-order mark and Windows line ends are accepted.

    Raises:
        InvalidFile: it cannot be read, is not UTF-8, or is not TOML.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
        content = tomllib.loads(text)
    except OSError as error:
        raise InvalidFile(path, [Problem("", None, error.strerror or str(error))]) from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise InvalidFile(path, [Problem("", line, f"not UTF-8: {error.reason}")]) from error
    except tomllib.TOMLDecodeError as error:
        raise InvalidFile(path, [_syntax_problem(error)]) from error
    return TomlFile(path, text, content)


def _syntax_problem(error: tomllib.TOMLDecodeError) -> Problem:
    # tomllib says where only in its message: "… (at line 3, column 7)" or "(at end of document)".
    message, _, place = str(error).rpartition(" (at line ")
    if not message:
        return Problem("", None, f"not TOML: {error}")
    line, _, column = place.rstrip(")").partition(", column ")
    return Problem("", int(line), f"not TOML: {message}, column {column}")


def _key_lines(text: str) -> dict[KeyPath, int]:
    """The line of every key and array element of *text*, which must be valid TOML."""
    # Loaded here because only a file with problems needs it.
    import tree_sitter_toml  # noqa: PLC0415
    from tree_sitter import Language, Parser  # noqa: PLC0415

    tree = Parser(Language(tree_sitter_toml.language())).parse(text.encode())
    finder = _LineFinder()
    finder.visit(tree.root_node, ())
    return finder.lines


@define
class _LineFinder:
    """Walks the syntax tree and notes where each key begins."""

    lines: dict[KeyPath, int] = field(factory=dict)
    _elements: Counter[KeyPath] = field(factory=Counter)

    def visit(self, node: Node, path: KeyPath) -> None:
        for child in node.named_children:
            match child.type:
                case "table":
                    self._table(child, self._through_arrays(_keys(child.named_children[0])))
                case "table_array_element":
                    self._table(child, self._next_element(_keys(child.named_children[0])))
                case "pair":
                    self._value(child.named_children[1], (*path, *_keys(child.named_children[0])))
                case _:
                    pass

    def _table(self, node: Node, path: KeyPath) -> None:
        self._note(path, node)
        self.visit(node, path)

    def _value(self, node: Node, path: KeyPath) -> None:
        self._note(path, node)
        if node.type == "inline_table":
            self.visit(node, path)
        elif node.type == "array":
            items = (child for child in node.named_children if child.type != "comment")
            for index, item in enumerate(items):
                self._value(item, (*path, index))

    def _through_arrays(self, path: KeyPath) -> KeyPath:
        """A table header names the latest element of each array of tables it passes through."""
        full: KeyPath = ()
        for part in path:
            full = (*full, part)
            if count := self._elements[full]:
                full = (*full, count - 1)
        return full

    def _next_element(self, path: KeyPath) -> KeyPath:
        array = (*self._through_arrays(path[:-1]), path[-1])
        self._elements[array] += 1
        return (*array, self._elements[array] - 1)

    def _note(self, path: KeyPath, node: Node) -> None:
        for length in range(1, len(path) + 1):
            self.lines.setdefault(path[:length], node.start_point[0] + 1)


def _keys(node: Node) -> KeyPath:
    if node.type == "dotted_key":
        return tuple(part for child in node.named_children for part in _keys(child))
    # tomllib unquotes a key exactly as it did when it read the file.
    source = (node.text or b"").decode()
    return (next(iter(tomllib.loads(f"{source} = 0"))),)
