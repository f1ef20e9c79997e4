"""The schema, and every root field in it tied to what it does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import Any, Protocol, TypeVar

from graphql import (
    FieldNode,
    FragmentSpreadNode,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    InlineFragmentNode,
    SelectionNode,
    build_schema,
)

from provision.local.api.graphql import (
    allocations,
    apps,
    images,
    organizations,
    owners,
    platform,
)
from provision.local.api.graphql.field import Field
from provision.local.api.graphql.sdl import SDL
from provision.local.world import World
from provision.local.world.operations import Operation
from provision.local.world.patience import Patient, at_once

T = TypeVar("T")
QUERIES = (
    *apps.QUERIES,
    *images.QUERIES,
    *organizations.QUERIES,
    *owners.QUERIES,
    *platform.QUERIES,
)
MUTATIONS = (*allocations.MUTATIONS, *organizations.MUTATIONS, *platform.MUTATIONS)


class Visitor(Protocol):
    """Whoever sent a query: what a query is executed for."""

    @property
    def world(self) -> World:
        """The world it is about."""

    async def enter(self, operation: Operation, effect: Patient[T], app: str | None) -> T:
        """Do *effect* once the door let the query in."""


def schema() -> GraphQLSchema:
    """Return the schema; its queries are executed with a `Visitor` as their context."""
    built = build_schema(SDL)
    _tie(built.query_type, QUERIES)
    _tie(built.mutation_type, MUTATIONS)
    return built


def _tie(root: GraphQLObjectType | None, fields: Iterable[Field]) -> None:
    assert root is not None  # noqa: S101 - the schema names both
    for field in fields:
        root.fields[field.name].resolve = _resolver(field)


def _resolver(field: Field) -> Callable[..., Awaitable[Any]]:
    async def resolve(_: None, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
        visitor: Visitor = info.context
        effect = at_once(lambda: field.effect(visitor.world, arguments))
        operation = field.asks_for(frozenset(_selected(info)))
        return await visitor.enter(operation, effect, field.app(arguments))

    return resolve


def _selected(info: GraphQLResolveInfo[Any]) -> Iterator[str]:
    for node in info.field_nodes:
        if node.selection_set:
            yield from _names(info, node.selection_set.selections)


def _names(info: GraphQLResolveInfo[Any], selections: Iterable[SelectionNode]) -> Iterator[str]:
    for each in selections:
        if isinstance(each, FieldNode):
            yield each.name.value
        elif isinstance(each, InlineFragmentNode):
            yield from _names(info, each.selection_set.selections)
        elif isinstance(each, FragmentSpreadNode):
            fragment = info.fragments[each.name.value]
            yield from _names(info, fragment.selection_set.selections)
