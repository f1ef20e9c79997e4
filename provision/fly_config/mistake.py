"""Mistakes in a fly.toml before they are given a file and a line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from attrs import frozen
from cattrs import BaseValidationError
from cattrs.errors import AttributeValidationNote, IterableValidationNote

from provision.fly_config.place import written
from provision.toml_file import KeyPath


@frozen
class Mistake:
    """
    What is wrong at one place.

    Attributes:
        path: Where, in the modern form of the file.
        message: What, and what to do about it.
    """

    path: KeyPath
    message: str


def mistakes_in(error: BaseException, path: KeyPath = ()) -> Iterator[Mistake]:
    """Every mistake that cattrs found on its way through the file."""
    match error:
        case BaseValidationError():
            for inner in error.exceptions:
                yield from mistakes_in(inner, (*path, *_place(inner)))
        case KeyError():
            yield Mistake(path, "is required")
        case _:
            yield Mistake(path, str(error))


def without(content: Mapping[str, Any], mistakes: Iterable[Mistake]) -> dict[str, Any]:
    """What is left of *content* when all that is mistaken is taken out."""
    culprits = {_culprit(content, mistake.path) for mistake in mistakes}
    return {
        key: _rest(value, culprits, (key,))
        for key, value in content.items()
        if (key,) not in culprits
    }


def _place(error: BaseException) -> KeyPath:
    for note in getattr(error, "__notes__", ()):
        match note:
            case AttributeValidationNote():
                return (note.name,)
            case IterableValidationNote():
                return (note.index,)
            case _:
                pass
    return ()


def _culprit(content: Any, path: KeyPath) -> KeyPath:
    """*path* as *content* spells it; for a missing key, that of the table it is missing in."""
    spelled = written(content, path)
    for depth, part in enumerate(spelled):
        if part not in (content if isinstance(content, dict) else range(len(content))):
            return spelled[:depth]
        content = content[part]
    return spelled


def _rest(content: Any, culprits: AbstractSet[KeyPath], here: KeyPath) -> Any:
    match content:
        case dict():
            kept = [(key, item) for key, item in content.items() if (*here, key) not in culprits]
            return {key: _rest(item, culprits, (*here, key)) for key, item in kept}
        case list():
            kept = [(i, item) for i, item in enumerate(content) if (*here, i) not in culprits]
            return [_rest(item, culprits, (*here, i)) for i, item in kept]
        case _:
            return content
