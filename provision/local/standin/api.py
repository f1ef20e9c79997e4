"""The one way from the stand-in to the world: requests as flyctl sends them, faults and all."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from provision.local.standin.failure import Failure, within
from provision.local.world import World
from provision.local.world.door import enter
from provision.local.world.faults import ConnectionLost, Unreachable
from provision.local.world.hints import TypeVar
from provision.local.world.operations import Operation
from provision.local.world.refusals import GATEWAY, Refusal

T = TypeVar("T")
TRIES = 4
"""How often a request is sent while it is answered with 502 or 503. Source: fly-go http.go"""
PAUSE_SECONDS = 0.02
_REASONS = {
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    429: "Too Many Requests",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
}
_SUGGESTIONS = {
    "name_taken": (
        "App names are unique across all of Fly.io, not just your organization, so this name "
        "may be held by an app you cannot see. Try a different name."
    ),
    "insufficient_capacity": "Try choosing a different region for machine creation",
}


class Api:
    """
    Fly's API, as flyctl sees it.

    Args:
        world: The world behind it.
        token: Who asks.
        env: The environment: the hosts are named as it says.

    Attributes:
        trace_id: What the Machines API's errors are told with, for commands that are traced.
    """

    def __init__(self, world: World, token: str, env: Mapping[str, str]) -> None:
        self.world = world
        self.token = token.removeprefix("FlyV1 ").strip()
        self._graphql = env.get("FLY_API_BASE_URL", "https://api.fly.io")
        self._flaps = env.get("FLY_FLAPS_BASE_URL", "https://api.machines.dev")
        self._uiex = env.get("FLY_UIEX_BASE_URL", "https://api.fly.io")
        self.trace_id = ""

    @property
    def flaps_url(self) -> str:
        """The address of the Machines API."""
        return self._flaps

    def graphql(
        self, operation: Operation, query: str, effect: Callable[[], T], *, app: str | None = None
    ) -> T:
        """
        Send a GraphQL *query*; what fails is told with its whole text.

        Raises:
            Failure: It was refused, or there was no answer.
        """
        url = f"{self._graphql}/graphql"
        failed = f"failed to run {query}"
        try:
            return self._sent(operation, effect, app, lambda refusal: refusal.graphql_status)
        except Refusal as refusal:
            if refusal.graphql_status != 200:  # noqa: PLR2004
                status = f"server returned a non-200 status code: {refusal.graphql_status}"
                raise Failure(f"{failed}: {status}", status=refusal.graphql_status) from None
            unchanged = refusal.extension == "UNCHANGED"
            message = f"{failed}: {refusal.title}"
            raise Failure(message, status=200, exit_code=0 if unchanged else 1) from None
        except (ConnectionLost, Unreachable) as error:
            raise within(failed, _unanswered("Post", url, error)) from None

    def flaps(
        self,
        operation: Operation,
        request: str,
        effect: Callable[[], T],
        *,
        app: str,
        failing: str = "",
    ) -> T:
        """
        Send a request of the Machines API.

        Args:
            operation: What it does.
            request: Method and path, for example ``GET /v1/apps/web``.
            effect: Does it.
            app: The app concerned.
            failing: What flyctl puts before an error.

        Raises:
            Failure: It was refused, or there was no answer.
        """
        method, path = request.split(" ", 1)
        try:
            return self._sent(operation, effect, app, lambda refusal: refusal.status)
        except Refusal as refusal:
            failure = Failure(
                _said(refusal),
                suggestion=_SUGGESTIONS.get(refusal.code, ""),
                request_id=self._request_id(),
                status=refusal.status,
            )
            failure.trace_id = self.trace_id
            raise _named(failing, failure) from None
        except (ConnectionLost, Unreachable) as error:
            raise _named(
                failing, _unanswered(method.capitalize(), f"{self._flaps}{path}", error)
            ) from None

    def uiex(
        self, operation: Operation, request: str, effect: Callable[[], T], *, app: str, failing: str
    ) -> T:
        """
        Send a request of the API that releases, builds and logs use.

        Raises:
            Failure: It was refused, or there was no answer.
        """
        method, path = request.split(" ", 1)
        try:
            return self._sent(operation, effect, app, lambda refusal: refusal.status)
        except Refusal as refusal:
            message = f"{failing} (status {refusal.status}): {refusal.body}"
            raise Failure(message, status=refusal.status) from None
        except (ConnectionLost, Unreachable) as error:
            raise _unanswered(method.capitalize(), f"{self._uiex}{path}", error) from None

    def logs(self, operation: Operation, request: str, effect: Callable[[], T], *, app: str) -> T:
        """
        Send a request for logs; what fails is told as HTTP tells it.

        Raises:
            Failure: It was refused, or there was no answer.
        """
        method, path = request.split(" ", 1)
        try:
            return self._sent(operation, effect, app, lambda refusal: refusal.status)
        except Refusal as refusal:
            reason = _REASONS.get(refusal.status, "Error")
            raise Failure(f"{refusal.status} {reason}", status=refusal.status) from None
        except (ConnectionLost, Unreachable) as error:
            raise _unanswered(method.capitalize(), f"{self._graphql}{path}", error) from None

    def _sent(
        self,
        operation: Operation,
        effect: Callable[[], T],
        app: str | None,
        status: Callable[[Refusal], int],
    ) -> T:
        for again in range(TRIES - 1, -1, -1):
            try:
                return enter(self.world, operation, effect, token=self.token, app=app)
            except Refusal as refusal:
                # Mutations too: the transport cannot tell them from reads.
                if status(refusal) not in {502, 503} or not again:
                    raise
            self.world.clock.sleep(PAUSE_SECONDS)
        raise AssertionError

    def _request_id(self) -> str:
        return f"01LOCALREQ{self.world.count('requests'):06d}-loc"


def _named(failing: str, failure: Failure) -> Failure:
    return within(failing, failure) if failing else failure


def _said(refusal: Refusal) -> str:
    """Return what the Machines API's client makes of a body, which need not be JSON."""
    if refusal.status in GATEWAY:
        return f"request returned non-2xx status: {refusal.status}: {refusal.body}"
    return refusal.message


def _unanswered(method: str, url: str, error: ConnectionLost | Unreachable) -> Failure:
    if isinstance(error, ConnectionLost):
        return Failure(f'{method} "{url}": EOF')
    host = url.split("/")[2]
    return Failure(f'{method} "{url}": dial tcp {host}: connect: connection refused')
