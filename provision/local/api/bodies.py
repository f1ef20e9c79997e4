"""JSON bodies of requests: read into what they ask for, each field of its type, or refused."""

from __future__ import annotations

import json
from collections.abc import Iterable
from types import NoneType, UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from provision.local.world.record import Record
from provision.local.world.refusals import Malformed

T = TypeVar("T", bound=Record)

TOO_DEEP = "the body cannot be read: it nests too deeply"
LARGEST_NUMBER = 2**53
"""Beyond it, JSON's numbers differ from one reader to the next."""
DEEPEST = 100
"""How deep a document may nest, so that it can be read again wherever it is kept."""
_KINDS = {
    str: "a string",
    bool: "true or false",
    int: "a whole number from 0",
    list: "a list",
    dict: "an object",
}


def parsed(content: bytes) -> Any:
    """
    Return the JSON value in *content*, all of which can be written down again.

    Raises:
        Malformed: It is not JSON, nests too deeply, or has half a character in it.
    """
    try:
        document = json.loads(content)
        json.dumps(document, ensure_ascii=False, allow_nan=False).encode()
    except RecursionError:
        raise Malformed(TOO_DEEP) from None
    except ValueError:
        raise Malformed("the body cannot be read: it is not JSON") from None
    if _is_deep(document):
        raise Malformed(TOO_DEEP)
    return document


def _is_deep(document: Any) -> bool:
    level = [document]
    for _ in range(DEEPEST):
        nested = [each for each in level if isinstance(each, dict | list)]
        level = [part for each in nested for part in _parts(each)]
    return bool(level)


def _parts(document: dict[str, Any] | list[Any]) -> Iterable[Any]:
    return document.values() if isinstance(document, dict) else document


def read(shape: type[T], document: Any, *, others: bool = False, path: str = "") -> T:
    """
    Return *document* as *shape* has it.

    Args:
        shape: The fields and their types; one with a default may be missing or null.
        document: What should be an object with these fields.
        others: Whether it, and what is in it, may have other fields too.
        path: Where the document is in a larger one, with a dot at its end.

    Raises:
        Malformed: It is no object, or a field is missing, of another type or unknown; the message
            names the field and no value.
    """
    if not isinstance(document, dict):
        raise Malformed(f"{path.removesuffix('.') or 'the body'} must be an object")
    hints = get_type_hints(shape)
    unknown = sorted(document.keys() - hints)
    if unknown and not others:
        raise Malformed(f"{path}{unknown[0]} is not a known field")
    given = dict(shape._field_defaults)
    for name, hint in hints.items():
        value = document.get(name)
        if value is not None:
            given[name] = _fitting(hint, value, f"{path}{name}", others=others)
        elif name not in given:
            raise Malformed(f"{path}{name} is missing")
    return shape._make(given[name] for name in shape._fields)


def _fitting(hint: Any, value: Any, path: str, *, others: bool) -> Any:
    if isinstance(hint, UnionType):
        # Of the unions there is only one that a body needs: something, or null.
        if value is None:
            return None
        hint = next(each for each in get_args(hint) if each is not NoneType)
    kind = get_origin(hint) or hint
    if kind in (Any, object):  # the world's `Any` is `object` while it runs
        return value
    if issubclass(kind, tuple):
        return read(kind, value, others=others, path=f"{path}.")
    if type(value) is not kind or (kind is int and not 0 <= value <= LARGEST_NUMBER):
        raise Malformed(f"{path} must be {_KINDS[kind]}")
    if kind is list:
        (inner,) = get_args(hint)
        return [_fitting(inner, each, f"{path}[]", others=others) for each in value]
    if kind is dict:
        _, inner = get_args(hint)
        return {
            key: _fitting(inner, each, f"{path}.{key}", others=others)
            for key, each in value.items()
        }
    return value
