"""flyctl's JSON into models; the only place that knows how flyctl spells them."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin

import attrs
from cattrs import Converter
from cattrs.gen import make_dict_structure_fn, override

from procman.structure import new_strict_converter
from provision.fly import models
from provision.fly.models import Unknown

_PASCAL = (
    models.FlyctlVersion,
    models.Organization,
    models.App,
    models.AppOrganization,
    models.AppOrganizationSlug,
    models.IPAddress,
    models.IPNetwork,
    models.Release,
    models.ScaleGroup,
)
"""
What flyctl prints with Go's field names; the rest comes with the Machines API's.

Source: flyctl internal/render/json.go; fly-go types.go, machine_types.go
"""

_SPELLED = {
    "id": "ID",
    "cpu_kind": "CPUKind",
    "cpus": "CPUs",
    (models.EventRequest, "monitor_event"): "MonitorEvent",
    (models.ReplaySetting, "allow_all_cross_network_replays"): "allowAllCrossNetworkReplays",
}


@cache
def converter() -> Converter:
    """The converter of everything flyctl prints."""
    made = new_strict_converter()
    made.register_structure_hook_factory(_has_renamed_keys)(_renamed)
    made.register_structure_hook_factory(_is_enum_or_unknown)(_enum_or_unknown)
    made.register_structure_hook(models.Machine, _machine(_renamed(models.Machine, made)))
    made.register_structure_hook(models.App, _app(_renamed(models.App, made)))
    made.register_structure_hook_func(lambda kind: kind == Mapping[str, Any], lambda v, _: v)
    return made


def _has_renamed_keys(kind: Any) -> bool:
    return kind in (*_PASCAL, models.EventRequest, models.ReplaySetting)


def _renamed(kind: Any, made: Converter) -> Callable[[Any, Any], Any]:
    names: dict[str, Any] = {
        a.name: override(rename=_spelled(kind, a.name)) for a in attrs.fields(kind)
    }
    return make_dict_structure_fn(kind, made, **names)


def _spelled(kind: Any, name: str) -> str:
    if (kind, name) in _SPELLED:
        return _SPELLED[kind, name]
    if kind not in _PASCAL:
        return name
    return _SPELLED.get(name) or "".join(part.capitalize() for part in name.split("_"))


def _app(hook: Callable[[Any, Any], Any]) -> Callable[[Any, Any], models.App]:
    """The default network is "" in this list and ``default`` elsewhere."""

    def structure(value: Any, kind: Any) -> models.App:
        app: models.App = hook(value, kind)
        return attrs.evolve(app, network=app.network or "default")

    return structure


def _machine(hook: Callable[[Any, Any], Any]) -> Callable[[Any, Any], models.Machine]:
    """Of a machine whose host cannot be reached Fly knows its config by another name."""

    def structure(value: Any, kind: Any) -> models.Machine:
        machine: models.Machine = hook(value, kind)
        return attrs.evolve(machine, config=machine.config or value.get("incomplete_config") or {})

    return structure


def _is_enum_or_unknown(kind: Any) -> bool:
    return get_origin(kind) in (Union, UnionType) and Unknown in get_args(kind)


def _enum_or_unknown(kind: Any, _: Converter) -> Callable[[Any, Any], Any]:
    (known,) = (k for k in get_args(kind) if k not in (Unknown, NoneType))
    words = {member.value: member for member in known if isinstance(member, enum.Enum)}

    def structure(value: Any, _: Any) -> Any:
        if value is None and NoneType in get_args(kind):
            return None
        if not isinstance(value, str):
            raise TypeError(f"expected str, saw {value!r}")
        return words.get(value) or Unknown(value)

    return structure
