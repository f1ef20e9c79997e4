"""Structures what a manifest says into its models, every mistake at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from functools import cache
from pathlib import Path
from types import GenericAlias
from typing import Any, get_args, get_origin, get_type_hints

import attrs
from cattrs import BaseValidationError, Converter
from cattrs.gen import make_dict_structure_fn, override
from packaging.specifiers import InvalidSpecifier, SpecifierSet

from provision.errors import did_you_mean
from provision.fly_config import scalar
from provision.fly_config.duration import Duration
from provision.fly_config.mistake import Mistake, mistakes_in
from provision.manifest.models import Manifest
from provision.manifest.repair import bare, repaired
from provision.manifest.spelling import key
from provision.toml_file import KeyPath

Hook = Callable[[Any, Any], Any]

_KEYS: dict[str | int, str] = {"from_": "from"}


def structured(content: Mapping[str, Any]) -> tuple[Manifest, tuple[Mistake, ...]]:
    """
    The manifest in *content*, and everything that keeps it from being one.

    Where it is mistaken the manifest says something harmless, so that the rest of it can
    still be judged.
    """
    mistakes = tuple(_unknown_keys(content, Manifest, ()))
    try:
        return _converter().structure(content, Manifest), mistakes
    except BaseValidationError as error:
        mistakes = (*mistakes, *map(_spelled, mistakes_in(error)))
    rest = repaired(content, [mistake.path for mistake in mistakes])
    return _converter().structure(rest, Manifest), mistakes


def _spelled(mistake: Mistake) -> Mistake:
    """Cattrs names the field, a manifest its key."""
    path = tuple(_KEYS.get(part, part) for part in mistake.path)
    return attrs.evolve(mistake, path=path)


@cache
def _converter() -> Converter:
    converter = Converter()
    converter.register_structure_hook(str, _text)
    converter.register_structure_hook(bool, scalar.boolean)
    converter.register_structure_hook(int, _count)
    converter.register_structure_hook(Path, lambda value, _: Path(_text(value, str)))
    converter.register_structure_hook(Duration, _duration)
    converter.register_structure_hook(SpecifierSet, _versions)
    converter.register_structure_hook_func(_is_enum, scalar.enum)
    converter.register_structure_hook_factory(attrs.has)(_table)
    converter.register_structure_hook_factory(_is_list)(_list)
    converter.register_structure_hook_factory(_is_map)(_map)
    converter.register_structure_hook(Duration, _duration)
    return converter


def _text(value: Any, _: object) -> str:
    """Text; what is empty says nothing and is taken for a mistake."""
    found = scalar.text(value, str)
    if not found:
        raise ValueError("is empty; leave the key out instead")
    return found


def _count(value: Any, _: object) -> int:
    found = scalar.whole(value, int)
    if found < 0:
        raise ValueError(f"expected a number from 0 on, not {found}")
    return found


def _duration(value: Any, _: object) -> Duration:
    return Duration.parse(scalar.expected(value, str, "a duration in quotes, as in '10m'"))


def _versions(value: Any, _: object) -> SpecifierSet:
    try:
        return SpecifierSet(_text(value, str))
    except InvalidSpecifier as error:
        raise ValueError(f"{value!r} is no range of versions, as '>=0.4.87,<0.5' is") from error


def _is_enum(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Enum)


def _is_list(kind: Any) -> bool:
    return get_origin(kind) is tuple


def _is_map(kind: Any) -> bool:
    return get_origin(kind) is Mapping


def _table(kind: Any, converter: Converter) -> Hook:
    names: dict[str, Any] = {a.name: override(rename=key(a)) for a in attrs.fields(kind)}
    build = make_dict_structure_fn(kind, converter, **names)
    return lambda value, _: build(scalar.expected(value, dict, "a table"), kind)


def _list(kind: Any, converter: Converter) -> Hook:
    items = GenericAlias(list, (get_args(kind)[0],))
    build = converter.get_structure_hook(items)
    return lambda value, _: tuple(build(scalar.expected(value, list, "a list"), items))


def _map(kind: Any, converter: Converter) -> Hook:
    items = GenericAlias(dict, get_args(kind))
    build = converter.get_structure_hook(items)
    return lambda value, _: build(scalar.expected(value, dict, "a table"), items)


def _unknown_keys(table: Mapping[str, Any], kind: type, path: KeyPath) -> Iterator[Mistake]:
    types = get_type_hints(kind)
    known = {key(attribute): types[attribute.name] for attribute in attrs.fields(kind)}
    for name, value in table.items():
        if name not in known:
            message = f"unknown key; {did_you_mean(name, sorted(known))}"
            yield Mistake((*path, name), message)
        else:
            yield from _unknown_inside(value, known[name], (*path, name))


def _unknown_inside(value: Any, kind: Any, path: KeyPath) -> Iterator[Mistake]:
    if not isinstance(value, dict):
        return
    kind = bare(kind)
    if attrs.has(kind) and kind is not Duration:
        yield from _unknown_keys(value, kind, path)
    elif _is_map(kind):
        for name, item in value.items():
            yield from _unknown_inside(item, get_args(kind)[1], (*path, name))
