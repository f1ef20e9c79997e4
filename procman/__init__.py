"""
Supervised async steps: captured, structured output, timeouts, retries and diagnostics.

Everything public is here, but for `procman.otel` and `procman.testing`, which need more than a
library loads by itself; import from nowhere else below.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from procman.command import Command, Stop, command
    from procman.context import Context
    from procman.errors import (
        CommandFailed,
        CommandNotFound,
        CommandNotStarted,
        CommandUnkillable,
        ProcmanError,
        ServiceFailed,
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
        OutputItem,
        OutputLines,
        RunEnded,
        RunStarted,
        ServiceEnded,
        ServiceReady,
        ServiceStarted,
        StepEnded,
        StepStarted,
    )
    from procman.hooks import ChildStart, EnvironmentHook, OutputHook
    from procman.interrupts import Interrupts, interrupts
    from procman.job import Edge, Job, Need, ServiceJob
    from procman.journal import Journal, read_journal
    from procman.log import LogHook
    from procman.outcome import Limit, LimitName, OnFailure, Outcome
    from procman.output import Containment, Ending, Output, SentSignal
    from procman.parsers import (
        json_as,
        json_lines_as,
        lines,
        nothing,
        replaced_text,
        text,
        whole,
        without_colours,
    )
    from procman.ports import ListeningSocket, free_port, listening_socket
    from procman.probes import Descriptor, Http, Line, Notification, Port, Probe, Started, Succeeds
    from procman.records import (
        AttemptRecord,
        JobRecord,
        OutputSummary,
        ServiceRecord,
        StartRecord,
        StepRecord,
    )
    from procman.requirement import Requirement
    from procman.retry import NEVER, Retry
    from procman.run import Run
    from procman.run_errors import (
        BrokenJournal,
        InvalidWorkflow,
        JobTimedOut,
        NoResult,
        RequirementsUnmet,
        WorkflowRefused,
    )
    from procman.secret import REDACTED, Redactor, Secret
    from procman.service import Liveness, OnDeath, Restart, RestartWhen, Service
    from procman.serving import RunningService, run_service
    from procman.step import Capture, Diagnostic, Step, When
    from procman.trace import ChromeTrace
    from procman.workflow import Workflow, run_step
else:
    import sys

    from procman._exports import Package

    sys.modules[__name__].__class__ = Package

__all__ = [
    "NEVER",
    "REDACTED",
    "AttemptEnded",
    "AttemptRecord",
    "AttemptStarted",
    "BrokenJournal",
    "Capture",
    "ChildStart",
    "ChromeTrace",
    "Command",
    "CommandFailed",
    "CommandNotFound",
    "CommandNotStarted",
    "CommandUnkillable",
    "Containment",
    "Context",
    "Descriptor",
    "Diagnostic",
    "Edge",
    "Ending",
    "EnvironmentHook",
    "Event",
    "Hook",
    "Http",
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
    "Line",
    "ListeningSocket",
    "Liveness",
    "LogHook",
    "Need",
    "NoResult",
    "Notification",
    "OnDeath",
    "OnFailure",
    "Outcome",
    "Output",
    "OutputHook",
    "OutputItem",
    "OutputLines",
    "OutputSummary",
    "Port",
    "Probe",
    "ProcmanError",
    "Redactor",
    "Requirement",
    "RequirementsUnmet",
    "Restart",
    "RestartWhen",
    "Retry",
    "Run",
    "RunEnded",
    "RunStarted",
    "RunningService",
    "Secret",
    "SentSignal",
    "Service",
    "ServiceEnded",
    "ServiceFailed",
    "ServiceJob",
    "ServiceReady",
    "ServiceRecord",
    "ServiceStarted",
    "StartRecord",
    "Started",
    "Step",
    "StepEnded",
    "StepError",
    "StepRecord",
    "StepStarted",
    "StepTimedOut",
    "Stop",
    "Succeeds",
    "UnparsedOutput",
    "Unreadable",
    "When",
    "Workflow",
    "WorkflowRefused",
    "command",
    "free_port",
    "interrupts",
    "json_as",
    "json_lines_as",
    "lines",
    "listening_socket",
    "nothing",
    "read_journal",
    "replaced_text",
    "run_service",
    "run_step",
    "text",
    "whole",
    "without_colours",
]
