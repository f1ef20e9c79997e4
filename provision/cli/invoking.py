"""What a call of the program is known by: its id, its mode, its journals."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from provision.cli.options import STATE, Calling
from provision.manifest import Environment
from provision.report import Invocation


def invocation_of(
    command: str,
    environment: Environment | None,
    options: Calling,
    workflows: Sequence[str],
    *,
    mode: str | None = None,
) -> Invocation:
    """
    This call.

    Args:
        command: The verb.
        environment: The word on the command line, if there is one.
        options: What else was said there.
        workflows: Those that leave a journal.
        mode: ``live`` or ``rehearsal``, as *options* say, if None.
    """
    started = datetime.now(UTC)
    id_ = f"{started:%Y%m%dT%H%M%S.%f}-{os.getpid()}"
    return Invocation(
        id=id_,
        command=command,
        environment="" if environment is None else environment.value,
        mode=mode or ("live" if options.local is None else "rehearsal"),
        started_at=started,
        journals=[str(journal_of(id_, workflow)) for workflow in workflows],
    )


def journal_of(invocation_id: str, workflow: str) -> Path:
    """Where the events of a workflow of a run are written."""
    return STATE / "journals" / f"{invocation_id}.{workflow}.jsonl"
