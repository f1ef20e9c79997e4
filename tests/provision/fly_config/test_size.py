"""Sizes of memory and disks as Fly writes them."""

from __future__ import annotations

import re

import pytest

from provision.fly_config.size import DiskSize, Memory


def exactly(message: str) -> str:
    return f"^{re.escape(message)}$"


@pytest.mark.parametrize(
    ("text", "mb"),
    [
        ("512", 512),
        ("256mb", 256),
        ("256 MB", 256),
        ("1gb", 1024),
        ("1GiB", 1024),
        ("1.5g", 1536),
        ("1073741824b", 1024),
        ("1024k", 1),
        ("0", 0),
    ],
)
def test_memory_is_counted_in_binary_megabytes(text: str, mb: int) -> None:
    """A bare number is MB; a GB is 1024 of them."""
    assert Memory.parse(text) == Memory(mb)


@pytest.mark.parametrize(
    ("text", "gb"),
    [
        ("10", 10),
        ("10gb", 10),
        ("10 GB", 10),
        ("1500mb", 1),
        ("2tb", 2000),
        ("999mb", 0),
        ("10GiB", 10),
        ("3e9", 3),
    ],
)
def test_disks_are_counted_in_decimal_gigabytes(text: str, gb: int) -> None:
    """A bare number is GB; what is not a whole GB is rounded down; GiB means GB here."""
    assert DiskSize.parse(text) == DiskSize(gb)


@pytest.mark.parametrize(
    "text", ["", "gb", "ten", "10xb", "1ib", "10 gb ", "-1gb", "1g b", "1,5gb"]
)
def test_what_is_no_size_says_what_one_looks_like(text: str) -> None:
    """The message quotes what was written and shows an example."""
    message = f"{text!r} is not a size; write a number and a unit, as in '512mb'"

    with pytest.raises(ValueError, match=exactly(message)):
        Memory.parse(text)


@pytest.mark.parametrize("text", ["9223372036854775808", "99999p", "1e30"])
def test_a_size_beyond_counting_is_refused(text: str) -> None:
    """flyctl's numbers would wrap around to something negative."""
    with pytest.raises(ValueError, match=exactly(f"{text!r} is larger than Fly can count")):
        DiskSize.parse(text)


def test_sizes_print_as_they_are_written() -> None:
    """The unit stands behind the number."""
    assert (str(Memory(512)), str(DiskSize(3))) == ("512mb", "3gb")
