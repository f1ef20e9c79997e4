"""A signal interrupts a stand-in wherever it is, but for one place."""

from __future__ import annotations

import signal
import time

import pytest

from provision.local.standin.failure import Interrupted
from provision.local.standin.interruption import heed_signals
from provision.local.world import World

from .flies import signals_kept


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_transaction_is_ended_before_a_signal_interrupts(
    world: World, number: signal.Signals
) -> None:
    """What was written is there, and what is written afterwards is no part of it."""
    with signals_kept():
        heed_signals(world)
        with pytest.raises(Interrupted):
            _write_and(world, number)
        assert not world.in_transaction
        with pytest.raises(Interrupted):
            signal.raise_signal(number)

    with World(world.path) as seen_by_others:
        assert seen_by_others.setting("viewer_email") == "me@example.com"


def _write_and(world: World, number: signal.Signals) -> None:
    with world.transaction():
        signal.raise_signal(number)
        world.set_setting("viewer_email", "me@example.com")
    time.sleep(60)
