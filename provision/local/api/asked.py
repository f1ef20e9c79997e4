"""A request of the REST APIs, read strictly: what does not fit is refused, and nothing happens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from provision.local.api.bodies import LARGEST_NUMBER, parsed, read
from provision.local.world.record import Record
from provision.local.world.refusals import Malformed

T = TypeVar("T", bound=Record)


@dataclass(frozen=True)
class Asked:
    """
    A request.

    Attributes:
        path: The parts of the path that a route names.
        query: The query, the last value of each name.
        nonce: What a lease is proven with, or "".
        content: The body as it came.
    """

    path: Mapping[str, str]
    query: Mapping[str, str] = field(default_factory=dict)
    nonce: str = ""
    content: bytes = b""

    def body(self, shape: type[T]) -> T:
        """
        Return the body as *shape* has it; none at all is an object without fields.

        Raises:
            Malformed: It is something else.
        """
        return read(shape, parsed(self.content) if self.content else {})

    def number(self, name: str, default: int) -> int:
        """Return a number of the query that is not negative."""
        found = self.query.get(name) or str(default)
        if not (found.isascii() and found.isdigit() and len(found) < len(str(LARGEST_NUMBER))):
            raise Malformed(f"{name}: must be an integer from 0")
        return int(found)

    def flag(self, name: str) -> bool:
        """Return whether a switch of the query is on."""
        found = self.query.get(name, "")
        if found not in {"", "true", "false", "1", "0"}:
            raise Malformed(f"{name}: must be true or false")
        return found in {"true", "1"}
