"""From HTTP to the door of a world and back: tokens, bodies, waiting, answers, no answers."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable, Generator
from contextlib import closing
from hmac import compare_digest
from itertools import count
from typing import TypeVar

import anyio
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from provision.local.api.asked import Asked
from provision.local.api.connection import NoAnswer
from provision.local.api.route import Answer, Json, Route
from provision.local.world import World
from provision.local.world.door import entering
from provision.local.world.faults import ConnectionLost, Unreachable
from provision.local.world.operations import Operation
from provision.local.world.patience import Patient
from provision.local.world.refusals import GATEWAY, Malformed, NotAuthenticated, Refusal

T = TypeVar("T")
LARGEST_BODY = 4 * 1024 * 1024
LONGEST_PAUSE_SECONDS = 0.1
"""How long a request goes on for a client that has gone, or a server that is to stop."""
_SCHEMES = ("bearer ", "flyv1 ")


class TooLarge(Refusal):
    """Raised for a body that nobody in their right mind sends."""

    status = 413
    graphql_status = 413

    def __init__(self) -> None:
        super().__init__(f"the body is larger than {LARGEST_BODY} bytes")


class Reception:
    """
    Lets requests in.

    Args:
        world: The world they are about.
        token: What lets them in.
    """

    def __init__(self, world: World, token: str) -> None:
        self.world = world
        self._refusals = count(1)
        self._known = [part.encode() for part in token.split(",")]

    def endpoint(self, route: Route) -> Callable[[Request], Awaitable[Response]]:
        """Return what answers the requests of *route*."""

        async def answered(request: Request) -> Response:
            return await told(self._done(request, route), self._refused)

        return answered

    async def enter(
        self, request: Request, operation: Operation, effect: Patient[T], app: str | None
    ) -> T:
        """
        Do *effect* once the door let *request* in; without the client, it is given up.

        Raises:
            Refusal: The answer is an error.
            ConnectionLost: There is no answer.
            Unreachable: Nobody listens.
        """
        token = _token(request)
        steps = entering(self.world, operation, self._admitted(token, effect), token=token, app=app)
        return await _driven(steps, self.world.clock.ours, request)

    async def _done(self, request: Request, route: Route) -> Response:
        asked = await _asked(request)
        effect = _steps(route, self.world, asked)
        done = await self.enter(request, route.operation, effect, self._app(route, asked))
        return _answer(done)

    def _app(self, route: Route, asked: Asked) -> str | None:
        try:
            return route.app(self.world, asked)
        except Refusal:
            # The effect refuses the same request for the same reason, behind the door.
            return None

    def _refused(self, refusal: Refusal) -> Response:
        # flyctl tells a person the id behind each error of the Machines API.
        headers = {"fly-request-id": f"01LOCALREQ{next(self._refusals):06d}-loc"}
        kind = "text/plain" if refusal.status in GATEWAY else "application/json"
        return Response(refusal.body, refusal.status, headers, media_type=kind)

    def _admitted(self, token: str, effect: Patient[T]) -> Patient[T]:
        given = [part.strip().encode() for part in token.split(",")]
        if not any(compare_digest(one, other) for one in given for other in self._known):
            raise NotAuthenticated
        return (yield from effect)


async def told(answer: Awaitable[Response], refused: Callable[[Refusal], Response]) -> Response:
    """Return *answer*, or how it is *refused*, or that there is none."""
    try:
        return await answer
    except Refusal as refusal:
        return refused(refusal)
    except (ConnectionLost, Unreachable) as error:
        return NoAnswer(reset=isinstance(error, Unreachable))


def say_not_modelled(what: str) -> None:
    """Tell whoever runs the server what a flyctl asked for in vain."""
    print(f"not modelled: {what}", file=sys.stderr, flush=True)  # noqa: T201 - a server's log


async def body_of(request: Request) -> bytes:
    """
    Return the body of *request*.

    Raises:
        TooLarge: It is larger than `LARGEST_BODY`.
        ConnectionLost: The client went before it was all there.
    """
    content = bytearray()
    try:
        async for part in request.stream():
            content += part
            if len(content) > LARGEST_BODY:
                raise TooLarge
    except ClientDisconnect:
        raise ConnectionLost from None
    return bytes(content)


async def _asked(request: Request) -> Asked:
    raw = request.scope["raw_path"].lower()
    if any(trick in raw for trick in (b"%2f", b"%5c", b"%00", b"/../", b"/./")):
        raise Malformed("the path has characters that no name has")
    return Asked(
        path=request.path_params,
        query=request.query_params,
        nonce=request.headers.get("fly-machine-lease-nonce", ""),
        content=await body_of(request),
    )


def _steps(route: Route, world: World, asked: Asked) -> Patient[Json | Answer]:
    done = route.effect(world, asked)
    if isinstance(done, Generator):
        return (yield from done)
    return done


def _answer(done: Json | Answer) -> Response:
    answer = done if isinstance(done, Answer) else Answer(done)
    if answer.body is None:
        return Response(status_code=answer.status)
    return JSONResponse(answer.body, answer.status)


def _token(request: Request) -> str:
    value = request.headers.get("authorization", "")
    for scheme in _SCHEMES:
        if value.lower().startswith(scheme):
            return value[len(scheme) :].strip()
    return ""


async def _driven(steps: Patient[T], ours: Callable[[float], float], request: Request) -> T:
    with closing(steps):
        while True:
            try:
                seconds = next(steps)
            except StopIteration as ended:
                result: T = ended.value
                return result
            await _pause(ours(seconds), request)


async def _pause(seconds: float, request: Request) -> None:
    until = anyio.current_time() + seconds
    while (left := until - anyio.current_time()) > 0:
        if await request.is_disconnected():
            raise ConnectionLost
        await anyio.sleep(min(left, LONGEST_PAUSE_SECONDS))
