"""What happens during a run, an event a class, and the hooks that are told."""

from __future__ import annotations

from collections.abc import Callable

from procman.events.job import JobEnded, JobLogged, JobStarted
from procman.events.run import RunEnded, RunStarted
from procman.events.service import ServiceEnded, ServiceReady, ServiceStarted
from procman.events.step import (
    AttemptEnded,
    AttemptStarted,
    OutputItem,
    OutputLines,
    StepEnded,
    StepStarted,
)

__all__ = [
    "AttemptEnded",
    "AttemptStarted",
    "Event",
    "Hook",
    "JobEnded",
    "JobLogged",
    "JobStarted",
    "OutputItem",
    "OutputLines",
    "RunEnded",
    "RunStarted",
    "ServiceEnded",
    "ServiceReady",
    "ServiceStarted",
    "StepEnded",
    "StepStarted",
]

Event = (
    RunStarted
    | RunEnded
    | JobStarted
    | JobEnded
    | JobLogged
    | StepStarted
    | AttemptStarted
    | OutputLines
    | OutputItem
    | AttemptEnded
    | StepEnded
    | ServiceStarted
    | ServiceReady
    | ServiceEnded
)
"""Any of them."""

Hook = Callable[[Event], None]
"""Is told of every event of a run, in order, one at a time; quick, and never raises: a hook
that does raise stops the run."""
