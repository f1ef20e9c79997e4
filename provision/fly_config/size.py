"""Amounts of memory and disk as Fly writes them: ``512``, ``256mb``, ``1gb``."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Self

from attrs import frozen

_WHOLE = re.compile(r"[+-]?[0-9]+")
_MEASURED = re.compile(
    r"\+?(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]{1,2})?) ?(?P<unit>[kmgtp]?(?:i?b)?)",
    re.IGNORECASE,
)
_POWERS = "kmgtp"
_LARGEST = 2**63 - 1


@frozen
class Memory:
    """
    Memory of a machine.

    Attributes:
        mb: In units of 1024 x 1024 bytes, as Fly counts memory.
    """

    mb: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """
        Read *text*; a bare number is MB, units are binary: ``1gb`` is 1024 MB.

        Raises:
            ValueError: it is not a size.

        Source: flyctl helpers/units.go
        """
        return cls(_parse(text, step=1024, unit=1024**2))

    def __str__(self) -> str:
        return f"{self.mb}mb"


@frozen
class DiskSize:
    """
    Size of a volume.

    Attributes:
        gb: In units of 1000 x 1000 x 1000 bytes, as flyctl counts disks.
    """

    gb: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """
        Read *text*; a bare number is GB, units are decimal and rounded down: ``1500mb`` is 1 GB.

        Raises:
            ValueError: it is not a size.

        Source: flyctl helpers/units.go
        """
        return cls(_parse(text, step=1000, unit=1000**3))

    def __str__(self) -> str:
        return f"{self.gb}gb"


def _parse(text: str, *, step: int, unit: int) -> int:
    if _WHOLE.fullmatch(text):
        return _counted(int(text), text)
    match = _MEASURED.fullmatch(text)
    # "ib" needs a letter before it: 1kib is a size, 1ib is not.
    if match is None or match["unit"].lower() == "ib":
        raise ValueError(f"{text!r} is not a size; write a number and a unit, as in '512mb'")
    power = _POWERS.find(match["unit"][:1].lower()) + 1 if match["unit"] else 0
    return _counted(int(Decimal(match["number"]) * step**power), text) // unit


def _counted(amount: int, text: str) -> int:
    if abs(amount) > _LARGEST:
        raise ValueError(f"{text!r} is larger than Fly can count")
    return amount
