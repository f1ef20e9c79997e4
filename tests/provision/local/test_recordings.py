"""Every recording of the real flyctl, replayed by the stand-in."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from .flies import Fly
from .replaying import HERE, RECORDINGS, REPLAYED, Arrangements, replayed

TOKENS = [
    f"tokens-debug-{kind}" for kind in ("org", "read-only", "action", "one-app", "if-present")
]
NOT_MODELLED = {
    **dict.fromkeys(
        TOKENS, "what a token says of itself is in the token, which the local Fly ignores"
    ),
    "no-args": "flyctl's welcome is prose; the stand-in has its own",
    "log-level-debug": "what LOG_LEVEL=debug prints is about flyctl's inside",
    "http-502-apps-create-forever": "a race inside flyctl: four times in five it asks four times",
}
"""Recordings that are not replayed, and why."""


@pytest.mark.parametrize("name", sorted(REPLAYED))
def test_the_standin_says_what_flyctl_said(
    name: str, tmp_path: Path, arrangements: Arrangements, fly_over: Callable[[Path, Path], Fly]
) -> None:
    """Exit code, stdout, stderr and all requests that change something agree."""
    shutil.copy(arrangements.give(REPLAYED[name]), tmp_path / "world.db")
    (tmp_path / "toml").symlink_to(HERE / "configs")

    seen, recorded = replayed(name, fly_over(tmp_path / "world.db", tmp_path))

    assert seen == recorded


def test_every_recording_is_replayed_or_excused() -> None:
    """A new recording has to be put in one of the two places."""
    recorded = {path.stem for path in RECORDINGS.glob("*.json")}

    assert REPLAYED.keys() | NOT_MODELLED.keys() == recorded
    assert not REPLAYED.keys() & NOT_MODELLED.keys()
