"""Executing what was posted: read strictly, executed once, its errors worded as Fly words them."""

from __future__ import annotations

from collections.abc import Awaitable
from functools import lru_cache
from inspect import isawaitable
from typing import Any

from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    execute,
    parse,
    validate,
)

from provision.local.api.bodies import parsed
from provision.local.api.graphql.schema import Visitor, schema
from provision.local.api.reception import say_not_modelled
from provision.local.world.record import Record
from provision.local.world.refusals import Malformed, Refusal

LONGEST_QUERY = 16_384
DEEPEST_QUERY = 40
MOST_TOKENS = 1_000
SCHEMA = schema()


class Query(Record):
    """
    What was posted.

    Attributes:
        text: The query.
        variables: Its variables; those it does not declare are passed over.
        operation: Which of its operations, where it has several.
    """

    text: str
    variables: dict[str, Any]
    operation: str | None


def read(content: bytes) -> Query:
    """
    Return the query in the body of a request.

    Raises:
        Malformed: There is none.
    """
    posted = parsed(content)
    if not isinstance(posted, dict):
        raise Malformed("the body must be an object")
    text, variables = posted.get("query"), posted.get("variables")
    operation = posted.get("operationName")
    if not isinstance(text, str):
        raise Malformed("query: must be a string")
    if not isinstance(variables, dict | None):
        raise Malformed("variables: must be an object")
    if not isinstance(operation, str | None):
        raise Malformed("operationName: must be a string")
    return Query(text, variables or {}, operation or None)


async def answer(query: Query, visitor: Visitor) -> dict[str, Any]:
    """
    Return the body that answers *query*.

    Raises:
        Refusal: It is refused as a whole, with a status.
        ConnectionLost: There is no answer.
        Unreachable: Nobody listens.
    """
    document = _document(query.text)
    if not isinstance(document, DocumentNode):
        say_not_modelled(f"GraphQL: {document[0].message!r}")
        return {"errors": [error.formatted for error in document], "data": None}
    result: Awaitable[ExecutionResult] | ExecutionResult = execute(
        SCHEMA,
        document,
        context_value=visitor,
        variable_values=query.variables,
        operation_name=query.operation,
    )
    if isawaitable(result):
        result = await result
    if not result.errors:
        return {"data": result.data}
    return {"errors": [_worded(error) for error in result.errors], "data": result.data}


@lru_cache(maxsize=64)
def _document(text: str) -> DocumentNode | tuple[GraphQLError, ...]:
    if len(text) > LONGEST_QUERY or _depth(text) > DEEPEST_QUERY:
        return (GraphQLError("the query is too long, or nests too deeply"),)
    try:
        document = parse(text, max_tokens=MOST_TOKENS)
    except GraphQLError as error:
        return (error,)
    return tuple(validate(SCHEMA, document, max_errors=5)) or document


def _depth(text: str) -> int:
    deepest = depth = 0
    for character in text:
        if character in "{[(":
            depth += 1
            deepest = max(deepest, depth)
        elif character in "}])":
            depth -= 1
    return deepest


def _worded(error: GraphQLError) -> dict[str, Any]:
    cause = error.original_error
    shape: dict[str, Any] = {**error.formatted}
    if cause is None or isinstance(cause, GraphQLError):
        return shape
    if not isinstance(cause, Refusal) or cause.graphql_status != 200:  # noqa: PLR2004
        raise cause
    extensions = {"extensions": {"code": cause.extension}} if cause.extension else {}
    return shape | {"message": cause.title} | extensions
