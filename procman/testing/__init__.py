"""Tests for workflows, without mocks: scripted programs, recorded ones, cancellation everywhere."""

from __future__ import annotations

from procman.testing.answer import Answer, answer
from procman.testing.cancelling import CancellationMishandled, cancel_everywhere
from procman.testing.executable import Call, ScriptedExecutable, ScriptNotFollowed
from procman.testing.recorder import EventRecorder, ScriptRecorder
from procman.testing.script import Expected, Order, Script, expect

__all__ = [
    "Answer",
    "Call",
    "CancellationMishandled",
    "EventRecorder",
    "Expected",
    "Order",
    "Script",
    "ScriptNotFollowed",
    "ScriptRecorder",
    "ScriptedExecutable",
    "answer",
    "cancel_everywhere",
    "expect",
]
