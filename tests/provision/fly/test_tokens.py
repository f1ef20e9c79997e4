"""What a token says of itself, from what a real flyctl printed of tokens that are nobody's."""

from __future__ import annotations

from pathlib import Path

import pytest

from procman import Secret
from provision.fly import tokens
from provision.fly.client import Fly
from provision.fly.models import Macaroon, limit_of
from tests.provision.recordings import arguments, read_by, recording

DEBUG = tokens.debug(Fly("fly", Secret("t0ken"), Path("/run/fly")))

LIMITS = {
    "tokens-debug-org": "",
    "tokens-debug-read-only": "may only read",
    "tokens-debug-action": "may only read",
    "tokens-debug-one-app": "is good for 1 app(s) alone (1234567)",
    "tokens-debug-if-present": "is good for 1 app(s) alone (5)",
}


@pytest.mark.parametrize("name", LIMITS)
def test_f20_a_token_says_what_it_may_not(name: str) -> None:
    """F20: to read alone, or single apps alone; also where a caveat holds for some things only."""
    assert arguments(DEBUG) == recording(name).argv
    assert limit_of(read_by(DEBUG, name)) == LIMITS[name]


def test_f20_what_says_nothing_has_no_limit_that_is_known() -> None:
    """F20: of several tokens one without a limit is enough; some only prove who asks."""
    limited = read_by(DEBUG, "tokens-debug-read-only")
    free = read_by(DEBUG, "tokens-debug-org")

    assert limit_of([]) == ""
    assert limit_of([*limited, *free]) == ""
    assert limit_of([*limited, Macaroon("https://auth.fly.io/v1")]) == "may only read"
