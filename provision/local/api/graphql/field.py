"""What a root field is: the operation it asks for, and what it does to a world."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from provision.local.world import World
from provision.local.world.operations import Operation
from provision.local.world.refusals import Refusal

Arguments: TypeAlias = Mapping[str, Any]
"""What a field was given, of the types that the schema says."""

Object: TypeAlias = dict[str, Any]
"""An object by the names of its fields; a value that is costly, or has arguments, is a function."""


class NotModelled(Refusal):
    """Raised for what the local Fly knows of and does not have."""


@dataclass(frozen=True)
class Field:
    """
    A field of the root types.

    Attributes:
        name: Its name in the schema.
        operation: What it asks for; faults and the access log go by it.
        effect: Does it, once the door let the request in; its result may be an exception, for an
            answer that is an error although all went well.
        app: Which app it concerns.
        special: What it asks for instead, where nothing but some fields is selected in it.
    """

    name: str
    operation: Operation
    effect: Callable[[World, Arguments], Object | bool | Exception]
    app: Callable[[Arguments], str | None] = lambda _: None
    special: tuple[tuple[Operation, frozenset[str]], ...] = ()

    def asks_for(self, selected: frozenset[str]) -> Operation:
        """Return what it asks for where the fields *selected* are selected in it."""
        for operation, fields in self.special:
            if selected <= fields:
                return operation
        return self.operation


def only(operation: Operation, *fields: str) -> tuple[Operation, frozenset[str]]:
    """Say that nothing but *fields* asks for *operation*."""
    return operation, frozenset(fields)
