"""What a route is: a method and a path, the operation it asks for, and what it does to a world."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from provision.local.api.asked import Asked
from provision.local.world import World
from provision.local.world.operations import Operation
from provision.local.world.patience import Patient

Json: TypeAlias = dict[str, Any] | list[dict[str, Any]]


@dataclass(frozen=True)
class Answer:
    """
    What a route answers, where it is not JSON with status 200.

    Attributes:
        body: The JSON; None for no body.
        status: The HTTP status.
    """

    body: Json | None
    status: int = 200


Effect: TypeAlias = Callable[[World, Asked], Json | Answer]
"""Does all of it in one go, raising a `Refusal` for an answer that is an error."""

PatientEffect: TypeAlias = "Callable[[World, Asked], Patient[Json | Answer]]"
"""Does it step by step, for what waits."""


def _named_in_path(_: World, asked: Asked) -> str | None:
    return asked.path.get("app")


@dataclass(frozen=True)
class Route:
    """
    A route.

    Attributes:
        request: Method and path, e.g. ``GET /v1/apps/{app}``.
        operation: What it asks for; faults and the access log go by it.
        effect: Does it, once the door let the request in.
        app: Which app it concerns, where the path does not name ``{app}``; it may refuse.
    """

    request: str
    operation: Operation
    effect: Effect | PatientEffect
    app: Callable[[World, Asked], str | None] = _named_in_path

    @property
    def method(self) -> str:
        """Its method."""
        return self.request.partition(" ")[0]

    @property
    def path(self) -> str:
        """Its path."""
        return self.request.partition(" ")[2]
