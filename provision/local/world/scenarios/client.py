"""Scenarios about flyctl itself."""

from __future__ import annotations

from provision.local.world.faults import Mark
from provision.local.world.scenarios.scenario import Scenario, mark_

CLIENT: dict[str, Scenario] = {
    "noise-before-json": mark_(
        "flyctl prints a warning before its JSON.",
        Mark.STRANGE_OUTPUT,
        message="\x1b[33mWARN\x1b[0m a newer version of flyctl is available",
    ),
    "json-shape-changed": mark_("flyctl renames the fields of its JSON.", Mark.SHAPE_CHANGED),
    "flyctl-panics": mark_("flyctl panics.", Mark.CLIENT_PANICS),
    "flyctl-deadline": mark_("flyctl runs out of time.", Mark.CLIENT_DEADLINE),
    "flyctl-prompts": mark_(
        "flyctl asks a question and waits for the answer.", Mark.CLIENT_PROMPTS
    ),
    "flyctl-too-old": mark_("flyctl is an old version.", Mark.CLIENT_VERSION, message="0.2.10"),
}
