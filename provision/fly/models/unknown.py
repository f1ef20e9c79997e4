"""Words of Fly's that we do not know."""

from __future__ import annotations

from attrs import frozen


@frozen
class Unknown:
    """A word of Fly's that we do not know; never taken for any that we do."""

    text: str

    def __str__(self) -> str:
        return f"unknown ({self.text})"
