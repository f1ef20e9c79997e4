"""Scenarios about what the internet gets to see of an app, as a probe does."""

from __future__ import annotations

from provision.local.world.faults import Mark
from provision.local.world.scenarios.scenario import Scenario, mark_

AT_FIRST = 2
"""How many requests something goes wrong with that is well later."""

INTERNET: dict[str, Scenario] = {
    "dns-not-ready": mark_("The host name of an app is not known.", Mark.NAME_NOT_RESOLVED),
    "dns-ready-later": mark_(
        "The host name of an app is not known to the first two who ask.",
        Mark.NAME_NOT_RESOLVED,
        times=AT_FIRST,
    ),
    "tls-pending": mark_("There is no certificate for an app.", Mark.NO_CERTIFICATE),
    "tls-ready-later": mark_(
        "There is no certificate for the first two requests to an app.",
        Mark.NO_CERTIFICATE,
        times=AT_FIRST,
    ),
    "app-answers-503": mark_("An app answers 503.", Mark.ANSWERS_WITH, message="503"),
    "app-answers-later": mark_(
        "An app answers 503 to the first two requests.",
        Mark.ANSWERS_WITH,
        message="503",
        times=AT_FIRST,
    ),
    "redirect-loop": mark_("An app redirects every request to itself.", Mark.REDIRECTS_FOR_EVER),
    "app-never-answers": mark_("An app takes requests and never answers.", Mark.NEVER_ANSWERS),
}
