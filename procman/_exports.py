"""Which module each public name comes from: `import procman` loads none of them."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from types import ModuleType
from typing import Any

MODULES: dict[str, Sequence[str]] = {
    "command": (
        "Command",
        "Stop",
        "command",
    ),
    "context": ("Context",),
    "errors": (
        "CommandFailed",
        "CommandNotFound",
        "CommandNotStarted",
        "CommandUnkillable",
        "ProcmanError",
        "ServiceFailed",
        "StepError",
        "StepTimedOut",
        "UnparsedOutput",
        "Unreadable",
    ),
    "events": (
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
    ),
    "hooks": (
        "ChildStart",
        "EnvironmentHook",
        "OutputHook",
    ),
    "interrupts": (
        "Interrupts",
        "interrupts",
    ),
    "job": (
        "Edge",
        "Job",
        "Need",
        "ServiceJob",
    ),
    "journal": (
        "Journal",
        "read_journal",
    ),
    "log": ("LogHook",),
    "outcome": (
        "Limit",
        "LimitName",
        "OnFailure",
        "Outcome",
    ),
    "output": (
        "Containment",
        "Ending",
        "Output",
        "SentSignal",
    ),
    "parsers": (
        "json_as",
        "json_lines_as",
        "lines",
        "nothing",
        "replaced_text",
        "text",
        "whole",
        "without_colours",
    ),
    "ports": (
        "ListeningSocket",
        "free_port",
        "listening_socket",
    ),
    "probes": (
        "Descriptor",
        "Http",
        "Line",
        "Notification",
        "Port",
        "Probe",
        "Started",
        "Succeeds",
    ),
    "records": (
        "AttemptRecord",
        "JobRecord",
        "OutputSummary",
        "ServiceRecord",
        "StartRecord",
        "StepRecord",
    ),
    "requirement": ("Requirement",),
    "retry": (
        "NEVER",
        "Retry",
    ),
    "run": ("Run",),
    "run_errors": (
        "BrokenJournal",
        "InvalidWorkflow",
        "JobTimedOut",
        "NoResult",
        "RequirementsUnmet",
        "WorkflowRefused",
    ),
    "secret": (
        "REDACTED",
        "Redactor",
        "Secret",
    ),
    "service": (
        "Liveness",
        "OnDeath",
        "Restart",
        "RestartWhen",
        "Service",
    ),
    "serving": (
        "RunningService",
        "run_service",
    ),
    "step": (
        "Capture",
        "Diagnostic",
        "Step",
        "When",
    ),
    "trace": ("ChromeTrace",),
    "workflow": (
        "Workflow",
        "run_step",
    ),
}
"""Of each module what is public; the same as type checkers read in `procman/__init__.py`."""

_HOMES = {name: f"procman.{module}" for module, names in MODULES.items() for name in names}


class Package(ModuleType):
    """`procman` itself: a name is loaded with its module when it is asked for."""

    def __getattr__(self, name: str) -> Any:
        if name not in _HOMES:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        value = getattr(import_module(_HOMES[name]), name)
        setattr(self, name, value)
        return value

    def __setattr__(self, name: str, value: Any) -> None:
        # A submodule is not to take the place of the function of its name.
        if not (isinstance(value, ModuleType) and name in _HOMES):
            super().__setattr__(name, value)

    def __dir__(self) -> Sequence[str]:
        return sorted({*super().__dir__(), *_HOMES})
