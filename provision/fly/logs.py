"""``fly logs``: what an app printed lately."""

from __future__ import annotations

import json
from collections.abc import Iterator

from attrs import evolve

from procman import NEVER, Capture, Output, Step, StepTimedOut, Unreadable
from provision.fly._wire import converter
from provision.fly.client import Fly
from provision.fly.models import LogEntry

LIMIT = 30.0
"""Seconds logs may take to arrive."""

QUIET = 3.0, 10.0
"""Seconds, at least and at most, they may fail to: with none to show flyctl asks on for ever."""

KEEP = 1024 * 1024
"""Bytes of logs that are kept."""


def read(fly: Fly, *, app: str, settle: float = QUIET[1]) -> Step[list[LogEntry]]:
    """
    The logs of *app* that Fly holds, the oldest first.

    An app without logs ends in `StepTimedOut`: flyctl asks until there are some.

    Args:
        fly: The flyctl.
        app: Its name.
        settle: Seconds what was done may take to be seen; more than `QUIET` has are not waited,
            and not less.

    Source: flyctl internal/command/logs/logs.go, logs/polling.go
    """
    args = ("logs", "-a", app, "--no-tail", "--json")
    step = fly.reading("logs", *args, parse=entries, timeout=LIMIT)
    quiet = min(max(settle, QUIET[0]), QUIET[1])
    return evolve(step, quiet=quiet, capture=Capture(keep=KEEP), retry=NEVER)


def entries(output: Output) -> list[LogEntry]:
    """
    One entry for each of the JSON objects that stand one after another in stdout.

    Raises:
        Unreadable: something else stands there. A last object that was not kept whole is
            left out.
    """
    structure = converter().structure
    try:
        return [structure(document, LogEntry) for document in _documents(output)]
    except json.JSONDecodeError as error:
        raise Unreadable(f"not a sequence of JSON objects: {error}") from None


def _documents(output: Output) -> Iterator[object]:
    text = output.stdout.decode(errors="replace")
    if output.stdout_cut:
        text = text[: text.rindex("\n}\n", 0, text.index("\n[... ")) + 3]
    decoder = json.JSONDecoder()
    position = 0
    while text[position:].strip():
        position += len(text[position:]) - len(text[position:].lstrip())
        document, position = decoder.raw_decode(text, position)
        yield document


__all__ = ["KEEP", "LIMIT", "QUIET", "StepTimedOut", "entries", "read"]
