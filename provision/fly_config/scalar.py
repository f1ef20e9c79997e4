"""The types of single values, as strict and as lenient as flyctl's JSON reader is."""

from __future__ import annotations

from enum import Enum
from typing import Any, TypeVar, get_args

from provision.errors import did_you_mean
from provision.fly_config.duration import Duration
from provision.fly_config.port import UInt32
from provision.fly_config.sections import PersistRootfs
from provision.fly_config.service import Autostop
from provision.fly_config.size import DiskSize

T = TypeVar("T")
E = TypeVar("E", bound=Enum)

_LARGEST_WHOLE = 2**63 - 1
_LARGEST_UINT32 = 2**32 - 1


def expected(value: Any, kind: type[T], name: str) -> T:
    """
    *value*, which must be a *kind*.

    Raises:
        TypeError: it is not; TOML's booleans are no numbers here.
    """
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise TypeError(f"expected {name}, not {_shown(value, kind)}")
    return value


def text(value: Any, _: object) -> str:
    """Text is never made of something else."""
    return expected(value, str, "text")


def boolean(value: Any, _: object) -> bool:
    """Only true and false."""
    return expected(value, bool, "true or false")


def whole(value: Any, _: object) -> int:
    """A number without a fraction; ``8080.0`` is one."""
    if isinstance(value, float) and value.is_integer() and abs(value) <= _LARGEST_WHOLE:
        return int(value)
    return expected(value, int, "a whole number")


def number(value: Any, _: object) -> float:
    """Any number."""
    return (
        float(whole(value, int)) if isinstance(value, int) else expected(value, float, "a number")
    )


def uint32(value: Any, _: object) -> UInt32:
    """A whole number that fits into 32 bits."""
    found = whole(value, int)
    if not 0 <= found <= _LARGEST_UINT32:
        raise ValueError(f"expected a number from 0 to {_LARGEST_UINT32}, not {found}")
    return UInt32(found)


def duration(value: Any, _: object) -> Duration:
    """
    Text with a unit; a bare number counts nanoseconds where the dialect gave it no unit.

    Source: flyctl uses fly-go duration.go
    """
    if isinstance(value, Duration):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Duration(int(value))
    return Duration.parse(expected(value, str, "a duration in quotes"))


def disk_size(value: Any, _: object) -> DiskSize | None:
    """Empty text is as good as nothing."""
    found = expected(value, str, "a size in quotes")
    return DiskSize.parse(found) if found else None


def autostop(value: Any, kind: type[Autostop]) -> Autostop:
    """
    Before it became a word it was true or false.

    Source: flyctl uses fly-go machine_types.go
    """
    if isinstance(value, bool):
        return Autostop.STOP if value else Autostop.OFF
    return enum(value, kind)


def persist_rootfs(value: Any, _: object) -> PersistRootfs | None:
    """
    A word, or its number; ``none`` and 0 are as good as nothing.

    Source: flyctl uses fly-go machine_types.go
    """
    if isinstance(value, str):
        return None if value in ("", "none") else enum(value, PersistRootfs)
    numbered: list[PersistRootfs | None] = [None, *PersistRootfs]
    found = whole(value, int)
    if not 0 <= found < len(numbered):
        raise ValueError(f"expected a number from 0 to {len(PersistRootfs)}, not {found}")
    return numbered[found]


def enum(value: Any, kind: type[E]) -> E:
    """One of the words of *kind*."""
    known = {member.value: member for member in kind}
    found = expected(value, str, f"one of {', '.join(known)}")
    if found not in known:
        raise ValueError(f"{found!r} is unknown; {did_you_mean(found, list(known))}")
    return known[found]


def optional_enum(value: Any, kind: Any) -> Enum | None:
    """One of the words of *kind*; empty text is as good as nothing."""
    member: type[Enum] = get_args(kind)[0]
    return None if value == "" else enum(value, member)


def _shown(value: Any, kind: type) -> str:
    match value:
        case dict():
            return "a table"
        case list():
            return "a list"
        case bool():
            return str(value).lower()
        # Text in place of a whole section may be anything, also what nobody should read here.
        case str() if kind in (dict, list):
            return "text"
        case _:
            return repr(value)
