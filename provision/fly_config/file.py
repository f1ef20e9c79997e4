"""Loads a fly.<name>.toml."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import attrs

from provision.errors import InvalidFile, Problem
from provision.fly_config.config import FlyConfig
from provision.fly_config.dialect import modern
from provision.fly_config.line_ends import read_exactly
from provision.fly_config.mistake import Mistake
from provision.fly_config.place import written
from provision.fly_config.rules import refused, refused_groups
from provision.fly_config.structure import structure
from provision.fly_config.unknown_keys import UNCHECKED_SECTIONS, unknown_keys
from provision.fly_config.warnings import warnings
from provision.toml_file import KeyPath, TomlFile, read_toml

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_WHOLE_NUMBERS = range(-(2**63), 2**63)


def load(path: Path, *, app: str | None = None) -> FlyConfig:
    """
    Read the fly.toml at *path* with the verdict of ``flyctl config validate --strict``.

    TOML is read as of version 1.0; what flyctl reads beyond it, of 1.1, is refused here.

    Args:
        path: Any name; always read as TOML.
        app: Name of the app it will be deployed to, as with ``--app``; if None, the file must
            name one.

    Raises:
        InvalidFile: flyctl would refuse it; with every problem at once.

    Source: flyctl internal/command/config/validate.go
    """
    file = read_toml(path)
    content = modern(read_exactly(file.text) if "\r\n" in file.text else file.content)
    definition, mistyped = structure(content)
    noticed, ignored = _noticed(unknown_keys(content))
    mistakes = [*_uncountable(file.content), *mistyped, *noticed, *refused(definition)]
    # A key of the wrong type is missing from the definition, which is not for the author to mend.
    unread = {mistake.path[0] for mistake in mistyped}
    if "processes" not in unread:
        mistakes += refused_groups(definition)
    if not (definition.app or app or "app" in unread):
        mistakes.append(Mistake(("app",), "is required; it names the app to deploy to"))
    if problems := [*_byte_order_mark(path), *_problems(file, mistakes)]:
        raise InvalidFile(path, sorted(problems, key=lambda problem: problem.line or 0))
    return FlyConfig(
        **attrs.asdict(definition, recurse=False),
        file=file,
        ignored=tuple(_problems(file, ignored)),
        warnings=tuple(_problems(file, warnings(definition))),
    )


def _noticed(unknown: Iterable[Mistake]) -> tuple[list[Mistake], list[Mistake]]:
    """Unknown keys that flyctl notices, and those that it does not."""
    noticed: list[Mistake] = []
    ignored: list[Mistake] = []
    for mistake in unknown:
        (ignored if mistake.path[0] in UNCHECKED_SECTIONS else noticed).append(mistake)
    return noticed, ignored


def _problems(file: TomlFile, mistakes: Iterable[Mistake]) -> Iterator[Problem]:
    for mistake in mistakes:
        yield file.problem(written(file.content, mistake.path), mistake.message)


def _byte_order_mark(path: Path) -> Iterator[Problem]:
    if path.read_bytes().startswith(_BYTE_ORDER_MARK):
        yield Problem("", 1, "begins with a byte-order mark, which flyctl refuses; save it without")


def _uncountable(value: Any, path: KeyPath = ()) -> Iterator[Mistake]:
    """Numbers that flyctl cannot hold."""
    match value:
        case dict():
            for key, item in value.items():
                yield from _uncountable(item, (*path, key))
        case list():
            for index, item in enumerate(value):
                yield from _uncountable(item, (*path, index))
        case int() if value not in _WHOLE_NUMBERS:
            yield Mistake(path, f"{value} is too large a number for flyctl")
        case float() if not math.isfinite(value) and path[0] != "env":
            yield Mistake(path, f"{value} is no number for flyctl")
        case _:
            pass
