"""Structures the modern form of a fly.toml into its classes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from functools import cache
from types import GenericAlias
from typing import Any, get_args, get_origin

import attrs
from cattrs import BaseValidationError, Converter
from cattrs.gen import make_dict_structure_fn

from provision.fly_config import scalar
from provision.fly_config.config import Definition
from provision.fly_config.duration import Duration
from provision.fly_config.mistake import Mistake, mistakes_in, without
from provision.fly_config.port import UInt32
from provision.fly_config.sections import Compression, PersistRootfs, Strategy
from provision.fly_config.service import Autostop
from provision.fly_config.size import DiskSize

Hook = Callable[[Any, Any], Any]


def structure(content: Mapping[str, Any]) -> tuple[Definition, tuple[Mistake, ...]]:
    """
    *content* as a `Definition`, and every value in it that has the wrong type.

    The definition lacks what is mistaken, so that all the rest can still be judged.
    """
    try:
        return _converter().structure(content, Definition), ()
    except BaseValidationError as error:
        mistakes = tuple(mistakes_in(error))
    rest, _ = structure(without(content, mistakes))
    return rest, mistakes


@cache
def _converter() -> Converter:
    converter = Converter()
    converter.register_structure_hook(str, scalar.text)
    converter.register_structure_hook(bool, scalar.boolean)
    converter.register_structure_hook(int, scalar.whole)
    converter.register_structure_hook(float, scalar.number)
    converter.register_structure_hook(Duration, scalar.duration)
    converter.register_structure_hook(DiskSize | None, scalar.disk_size)
    converter.register_structure_hook(PersistRootfs | None, scalar.persist_rootfs)
    converter.register_structure_hook(Strategy | None, scalar.optional_enum)
    converter.register_structure_hook(Compression | None, scalar.optional_enum)
    converter.register_structure_hook_func(lambda kind: kind is UInt32, scalar.uint32)
    converter.register_structure_hook_func(_is_enum, scalar.enum)
    converter.register_structure_hook(Autostop, scalar.autostop)
    converter.register_structure_hook_factory(_is_section, _table)
    converter.register_structure_hook_factory(_is_list, _list)
    converter.register_structure_hook_factory(_is_map, _map)
    return converter


def _is_enum(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Enum)


def _is_section(kind: Any) -> bool:
    return attrs.has(kind) and kind not in (Duration, DiskSize)


def _is_list(kind: Any) -> bool:
    return get_origin(kind) is tuple


def _is_map(kind: Any) -> bool:
    return get_origin(kind) is Mapping


def _table(kind: Any, converter: Any) -> Hook:
    build = make_dict_structure_fn(kind, converter)
    names = {name.casefold(): name for name in attrs.fields_dict(kind)}

    def hook(value: Any, _: Any) -> Any:
        # flyctl's JSON reader does not mind the case of keys; of two spellings the later one wins.
        table = scalar.expected(value, dict, "a table")
        return build({names.get(key.casefold(), key): table[key] for key in sorted(table)}, kind)

    return hook


def _list(kind: Any, converter: Any) -> Hook:
    item = get_args(kind)[0]
    name = "a list of tables, as [[...]] makes it" if _is_section(item) else "a list"
    items = GenericAlias(list, (item,))
    build = converter.get_structure_hook(items)
    return lambda value, _: tuple(build(scalar.expected(value, list, name), items))


def _map(kind: Any, converter: Any) -> Hook:
    items = GenericAlias(dict, get_args(kind))
    build = converter.get_structure_hook(items)
    return lambda value, _: build(scalar.expected(value, dict, "a table"), items)
