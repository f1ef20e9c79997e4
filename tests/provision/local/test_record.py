"""A record does what a named tuple of `typing` does."""

from __future__ import annotations

import pytest

from provision.local.world.record import Record


class Point(Record):
    """What a world is made of."""

    across: int
    up: int = 0

    @property
    def sum(self) -> int:
        """Of both."""
        return self.across + self.up


def test_fields_are_given_in_order_by_name_or_as_declared() -> None:
    """All ways make the same record, which is a tuple."""
    assert Point(1) == Point(1, 0) == Point(up=0, across=1) == Point(1, up=0) == (1, 0)
    assert (Point(1, 2).across, Point(1, 2).up, Point(1, 2).sum) == (1, 2, 3)
    assert hash(Point(1, 2)) == hash(Point._make([1, 2]))


def test_a_record_is_taken_apart_and_changed_by_name() -> None:
    """The other one stays as it is."""
    point = Point(1, 2)

    assert point._asdict() == {"across": 1, "up": 2}
    assert point._replace(up=5) == (1, 5)
    assert (point, repr(point)) == ((1, 2), "Point(across=1, up=2)")
    match point:
        case Point(across, up):
            assert (across, up) == (1, 2)
    with pytest.raises(AttributeError):
        point.up = 3  # type: ignore[misc]  # that is the question


@pytest.mark.parametrize(
    ("values", "named"), [((), {}), ((1, 2, 3), {}), ((1,), {"across": 1}), ((1,), {"down": 1})]
)
def test_what_does_not_fit_is_refused(values: tuple[int, ...], named: dict[str, int]) -> None:
    """Missing, too many, twice, unknown."""
    with pytest.raises(TypeError, match=r"Point: missing \[.*\], unexpected \["):
        Point(*values, **named)
