"""Turn the output of a command into a value; what cannot be read is an error that shows it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from attrs import evolve

from procman._json import json_value
from procman._plain import ESCAPES
from procman.errors import Unreadable
from procman.output import Output

if TYPE_CHECKING:
    from cattrs import Converter

T = TypeVar("T")


def whole(output: Output) -> Output:
    """The output itself."""
    return output


def nothing(output: Output) -> None:
    """Nothing: the command counts for what it did."""


def text(output: Output) -> str:
    """
    Stdout as UTF-8, without its final newline.

    Raises:
        Unreadable: it is not UTF-8, or was too long to be kept whole.
    """
    try:
        return _stdout(output).decode().removesuffix("\n")
    except UnicodeDecodeError as error:
        raise Unreadable(f"not UTF-8 at byte {error.start}: {error.reason}") from None


def replaced_text(output: Output) -> str:
    """Stdout without its final newline; what is not UTF-8 becomes U+FFFD."""
    return _stdout(output).decode(errors="replace").removesuffix("\n")


def lines(output: Output) -> tuple[str, ...]:
    r"""
    The lines of stdout, without their ``\n`` or ``\r\n``; nothing else ends a line.

    Raises:
        Unreadable: as `text`.
    """
    content = text(output)
    if not output.stdout:
        return ()
    return tuple(line.removesuffix("\r") for line in content.split("\n"))


def json_as(kind: type[T], *, converter: Converter | None = None) -> Callable[[Output], T]:
    """
    A parser of one JSON document into *kind*, by cattrs.

    Args:
        kind: An attrs class, or anything else cattrs structures: ``list[App]``, ``dict[str, str]``.
        converter: Structures the value; `structure.strict_converter` if None.

    The parser raises:
        Unreadable: stdout is anything but one JSON document, or a field of it does not fit;
            nothing is searched for and nothing is repaired.
    """
    # Loaded here so that `import procman` does without cattrs.
    from procman.structure import structured  # noqa: PLC0415

    return lambda output: structured(json_value(text(output)), kind, converter)


def json_lines_as(
    kind: type[T], *, converter: Converter | None = None
) -> Callable[[Output], tuple[T, ...]]:
    """
    A parser of JSON lines: one document a line, each into *kind*.

    The parser raises:
        Unreadable: a line is no JSON document or does not fit; its number is named.
    """
    # Loaded here so that `import procman` does without cattrs.
    from procman.structure import structured  # noqa: PLC0415

    def parse(output: Output) -> tuple[T, ...]:
        return tuple(value(number, line) for number, line in enumerate(lines(output), 1))

    def value(number: int, line: str) -> T:
        plain = json_value(line, number)
        try:
            return structured(plain, kind, converter)
        except Unreadable as error:
            raise Unreadable(f"line {number}: {error}") from None

    return parse


def without_colours(parse: Callable[[Output], T]) -> Callable[[Output], T]:
    """*parse*, given stdout without the escape codes that colour it or move the cursor."""
    return lambda output: parse(evolve(output, stdout=_ESCAPES.sub(b"", output.stdout)))


_ESCAPES = re.compile(ESCAPES.encode())


def _stdout(output: Output) -> bytes:
    if output.stdout_cut:
        raise Unreadable(f"too long: {output.stdout_cut} bytes were not kept (see `Capture.keep`)")
    return output.stdout
