"""The route of GraphQL: one path for every query."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from provision.local.api.graphql.execution import answer, read
from provision.local.api.reception import Reception, body_of, told
from provision.local.world import World
from provision.local.world.operations import Operation
from provision.local.world.patience import Patient
from provision.local.world.refusals import Refusal

T = TypeVar("T")
OK = 200


@dataclass(frozen=True)
class _Visitor:
    reception: Reception
    request: Request

    @property
    def world(self) -> World:
        return self.reception.world

    async def enter(self, operation: Operation, effect: Patient[T], app: str | None) -> T:
        return await self.reception.enter(self.request, operation, effect, app)


def route(reception: Reception) -> Route:
    """Return the route; errors have status 200, but where there was no query to execute."""

    async def answered(request: Request) -> Response:
        query = read(await body_of(request))
        return JSONResponse(await answer(query, _Visitor(reception, request)))

    async def endpoint(request: Request) -> Response:
        return await told(answered(request), _refused)

    return Route("/graphql", endpoint, methods=["POST"])


def _refused(refusal: Refusal) -> Response:
    error = {"message": refusal.title, "extensions": {"code": refusal.extension or "BAD_REQUEST"}}
    status = refusal.status if refusal.graphql_status == OK else refusal.graphql_status
    return JSONResponse({"errors": [error], "data": None}, status)
