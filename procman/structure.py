"""JSON values into typed ones by cattrs, strictly: nothing becomes what it was not."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar, get_origin

import attrs
from cattrs import BaseValidationError, Converter, transform_error
from cattrs.cols import (
    homogenous_tuple_structure_factory,
    list_structure_factory,
    mapping_structure_factory,
)
from cattrs.gen import make_dict_structure_fn
from cattrs.v import format_exception

from procman.errors import Unreadable, shown

T = TypeVar("T")

StructureHook = Callable[[Any, Any], Any]


def structured(value: Any, kind: type[T], converter: Converter | None = None) -> T:
    """
    *value*, as `json.loads` gave it, as a *kind*.

    Raises:
        Unreadable: it does not fit; every misfit with its path, ``… @ $.apps[0].name``.
    """
    try:
        return (converter or strict_converter()).structure(value, kind)
    except (BaseValidationError, TypeError, ValueError) as error:
        problems = transform_error(error, format_exception=_reason)
        raise Unreadable("; ".join(problems)) from None


@cache
def strict_converter() -> Converter:
    """The converter of `json_as`; keys it does not know are passed over, for programs grow."""
    return new_strict_converter()


def new_strict_converter() -> Converter:
    """A cattrs converter of one's own, to which hooks for renamed keys may be added."""
    converter = Converter()
    for kind in (str, bool, int):
        converter.register_structure_hook(kind, _exactly)
    converter.register_structure_hook(float, lambda value, _: _float(value))
    for applies, json_kind, factory in (
        (_is(list), list, list_structure_factory),
        (_is(tuple), list, homogenous_tuple_structure_factory),
        (_is(dict), dict, mapping_structure_factory),
        (attrs.has, dict, make_dict_structure_fn),
    ):
        converter.register_structure_hook_factory(applies)(_only_from(json_kind, factory))
    return converter


def _only_from(
    json_kind: type, factory: Callable[[Any, Converter], StructureHook]
) -> Callable[[Any, Converter], StructureHook]:
    """*factory*, its hooks refusing values that are not a *json_kind*."""

    def make(kind: Any, converter: Converter) -> StructureHook:
        hook = factory(kind, converter)
        return lambda value, _: hook(_exactly(value, json_kind), kind)

    return make


def _is(origin: type) -> Callable[[Any], bool]:
    return lambda kind: kind is origin or get_origin(kind) is origin


def _exactly(value: T, kind: type) -> T:
    return _one_of(value, kind)


def _one_of(value: T, *kinds: type) -> T:
    if type(value) not in kinds:
        raise Misfit(f"expected {kinds[-1].__name__}, saw {shown(repr(value))}")
    return value


def _float(value: Any) -> float:
    try:
        return float(_one_of(value, int, float))
    except OverflowError:
        raise Misfit(f"expected float, saw {shown(str(value))}, beyond any") from None


class Misfit(TypeError):
    """Raised for a value of another type; cattrs collects these."""


def _reason(error: BaseException, kind: type | None) -> str:
    return str(error) if isinstance(error, Misfit) else format_exception(error, kind)
