"""
The names of `typing` that the local Fly's annotations use.

A stand-in reads no annotation, and `typing` itself would take a tenth of its short life.
"""

from __future__ import annotations

# Type checkers go by the name, not by the value.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from typing import Any, NoReturn, Protocol, Self, TypeAlias, TypeVar
else:
    Any = NoReturn = Self = TypeAlias = object

    class Protocol:
        """A base that says nothing; with type variables, too."""

        def __class_getitem__(cls, _: object) -> type:
            return cls

    def TypeVar(name: str, **_: object) -> str:  # noqa: N802 - it stands for a class
        """Return what nobody reads."""
        return name


__all__ = ["TYPE_CHECKING", "Any", "NoReturn", "Protocol", "Self", "TypeAlias", "TypeVar"]
