"""
Supervised async steps: captured, structured output, timeouts, retries and diagnostics.

Everything public is here; import from nowhere below.
"""

from __future__ import annotations

from procman._scheduler import OnFailure
from procman.command import Command, Stop, command
from procman.context import Context
from procman.errors import (
    BrokenJournal,
    CommandFailed,
    CommandNotFound,
    CommandNotStarted,
    CommandUnkillable,
    InvalidWorkflow,
    JobTimedOut,
    NoResult,
    ProcmanError,
    StepError,
    StepTimedOut,
    UnparsedOutput,
    Unreadable,
)
from procman.events import (
    AttemptEnded,
    AttemptStarted,
    Event,
    Hook,
    JobEnded,
    JobLogged,
    JobStarted,
    OutputLines,
    RunEnded,
    RunStarted,
    StepEnded,
    StepStarted,
)
from procman.interrupts import Interrupts, interrupts
from procman.job import Job
from procman.journal import Journal, read_journal
from procman.log import LogHook
from procman.outcome import Limit, LimitName, Outcome
from procman.output import Containment, Ending, Output, SentSignal
from procman.parsers import json_as, lines, nothing, replaced_text, text, whole
from procman.records import AttemptRecord, JobRecord, OutputSummary, StepRecord
from procman.retry import NEVER, Retry
from procman.run import Run
from procman.secret import REDACTED, Redactor, Secret
from procman.step import Capture, Diagnostic, Step, When
from procman.workflow import Workflow, run_step

__all__ = [
    "NEVER",
    "REDACTED",
    "AttemptEnded",
    "AttemptRecord",
    "AttemptStarted",
    "BrokenJournal",
    "Capture",
    "Command",
    "CommandFailed",
    "CommandNotFound",
    "CommandNotStarted",
    "CommandUnkillable",
    "Containment",
    "Context",
    "Diagnostic",
    "Ending",
    "Event",
    "Hook",
    "Interrupts",
    "InvalidWorkflow",
    "Job",
    "JobEnded",
    "JobLogged",
    "JobRecord",
    "JobStarted",
    "JobTimedOut",
    "Journal",
    "Limit",
    "LimitName",
    "LogHook",
    "NoResult",
    "OnFailure",
    "Outcome",
    "Output",
    "OutputLines",
    "OutputSummary",
    "ProcmanError",
    "Redactor",
    "Retry",
    "Run",
    "RunEnded",
    "RunStarted",
    "Secret",
    "SentSignal",
    "Step",
    "StepEnded",
    "StepError",
    "StepRecord",
    "StepStarted",
    "StepTimedOut",
    "Stop",
    "UnparsedOutput",
    "Unreadable",
    "When",
    "Workflow",
    "command",
    "interrupts",
    "json_as",
    "lines",
    "nothing",
    "read_journal",
    "replaced_text",
    "run_step",
    "text",
    "whole",
]
