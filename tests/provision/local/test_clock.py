"""The time of a world."""

from __future__ import annotations

from pathlib import Path

from provision.local.world import World, create_world
from provision.local.world.clock import rfc3339

HOUR = 3_600_000


def test_all_see_the_same_time(tmp_path: Path) -> None:
    """It is moved forward for every process."""
    with create_world(tmp_path / "world.db") as one, World(tmp_path / "world.db") as other:
        began = one.clock.now()

        one.clock.advance(3600)
        seen = other.clock.now()

    assert HOUR <= seen - began < HOUR + 10_000


def test_a_fast_clock_makes_waiting_short(world: World) -> None:
    """Waiting is by the world's time."""
    world.clock.run_at(1000)
    began = world.clock.now()

    world.clock.sleep(10)

    assert world.clock.now() - began >= 10_000


def test_nobody_waits_while_time_leaps(world: World) -> None:
    """It stands still but for who waits, and goes on afterwards as before."""
    began = world.clock.now()

    with world.clock.leaping():
        stood = world.clock.now()
        world.clock.sleep(HOUR / 1000)
        leapt = world.clock.now()
        again = world.clock.now()

    assert (leapt - stood, again - leapt) == (HOUR, 0)
    assert began <= stood < began + 60_000
    assert world.clock.ours(3.0) == 3.0


def test_another_speed_makes_no_jump(world: World) -> None:
    """Time goes on from where it was."""
    before = world.clock.now()

    world.clock.run_at(20)
    after = world.clock.now()

    assert 0 <= after - before < 60_000


def test_times_are_written_as_fly_does() -> None:
    """In UTC, with thousandths."""
    assert rfc3339(1_795_459_712_007) == "2026-11-23T18:48:32.007Z"
