"""The one origin that a flyctl is pointed at: every route, and what becomes of its errors."""

from __future__ import annotations

from collections.abc import Iterable

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route as Mounted

from provision.local.api import flaps, uiex
from provision.local.api.graphql.endpoint import route as graphql_route
from provision.local.api.reception import Reception, say_not_modelled
from provision.local.api.route import Route
from provision.local.world import World

ANY = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]


def application(world: World, token: str) -> Starlette:
    """
    Return the ASGI application that serves *world* to whoever knows *token*.

    Args:
        world: The world; the application is served by the thread that opened it.
        token: A token, or several with commas between them, one of which is enough.
    """
    reception = Reception(world, token)
    application = Starlette(
        routes=[
            graphql_route(reception),
            *_mounted(reception, flaps.ROUTES),
            *_mounted(reception, uiex.ROUTES),
            Mounted("/sink{rest:path}", _swallow, methods=ANY),
        ],
        exception_handlers={HTTPException: _unknown},
    )
    application.router.redirect_slashes = False
    return application


def _mounted(reception: Reception, routes: Iterable[Route]) -> list[Mounted]:
    return [
        Mounted(route.path, reception.endpoint(route), methods=[route.method]) for route in routes
    ]


async def _swallow(_: Request) -> Response:
    return JSONResponse({})


async def _unknown(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - it is registered for these
    path = request.url.path
    say_not_modelled(f"{request.method} {path!r}")
    body = {"error": f"the local Fly does not model {request.method} {path}"}
    return JSONResponse(body, error.status_code, headers=error.headers)
