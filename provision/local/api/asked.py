"""A request of the REST APIs, read strictly: what does not fit is refused, and nothing happens."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from provision.local.world.refusals import Malformed

T = TypeVar("T")
LARGEST_NUMBER = 2**53
"""Beyond it, JSON's numbers differ from one reader to the next."""


class Fields:
    """
    A JSON object in which every field is optional, and null says what is missing.

    Args:
        values: The object.
    """

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values

    def text(self, name: str, default: str = "") -> str:
        """Return a string."""
        return self._of(name, str, "a string", default)

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Return a boolean."""
        return self._of(name, bool, "a boolean", default)

    def number(self, name: str, default: int = 0) -> int:
        """Return an integer that is not negative."""
        found = self._of(name, int, "an integer", default)
        if isinstance(found, bool) or not 0 <= found <= LARGEST_NUMBER:
            raise Malformed(f"{name}: must be an integer from 0")
        return found

    def object(self, name: str) -> dict[str, Any]:
        """Return an object; an empty one where it is missing."""
        return self._of(name, dict, "an object", {})

    def _of(self, name: str, kind: type[T], article: str, default: T) -> T:
        found = self._values.get(name)
        if found is None:
            return default
        if not isinstance(found, kind):
            raise Malformed(f"{name}: must be {article}")
        return found


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

    @property
    def body(self) -> Fields:
        """The body, a JSON object; without a body, one without fields."""
        found = parsed(self.content) if self.content else {}
        if not isinstance(found, dict):
            raise Malformed("the body must be an object")
        return Fields(found)

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


def parsed(content: bytes) -> Any:
    """
    Return the JSON value in *content*, all of whose text can be written down again.

    Raises:
        Malformed: It is not JSON, nests too deeply, or has half a character in it.
    """
    try:
        found = json.loads(content, parse_constant=_refuse)
        json.dumps(found, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        reason = "it nests too deeply" if isinstance(error, RecursionError) else "it is not JSON"
        raise Malformed(f"the body cannot be read: {reason}") from None
    return found


def _refuse(word: str) -> None:
    raise ValueError(word)
