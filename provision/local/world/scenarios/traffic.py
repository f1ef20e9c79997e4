"""Scenarios about the way to the server and back."""

from __future__ import annotations

from provision.local.world.faults import Fault, Kind, Mark
from provision.local.world.scenarios.scenario import Scenario, mark_, once, refuse

BAD_GATEWAY = 502

TRAFFIC: dict[str, Scenario] = {
    "server-error": refuse("The server fails at everything.", "*", 500, "internal server error"),
    "server-gone": Scenario("Nobody answers.", (Fault("*", Kind.UNREACHABLE),)),
    "server-slow": Scenario(
        "Every answer takes two seconds.", (Fault("*", Kind.SLOW, seconds=2.0),)
    ),
    "server-hangs": Scenario(
        "Answers never come; connections close after an hour.",
        (Fault("*", Kind.HANG, seconds=3600.0),),
    ),
    "bad-gateway": refuse(
        "A proxy answers 502 to everything, and nothing happens.", "*", BAD_GATEWAY, "bad gateway"
    ),
    "org-created-twice": once(
        "A proxy answers 502 after an organization was created; flyctl creates a second one.",
        "organizations.create",
        Kind.REFUSE_AFTER,
        BAD_GATEWAY,
    ),
    "app-created-unseen": once(
        "A proxy answers 502 after an app was created; flyctl finds its own name taken.",
        "apps.create",
        Kind.REFUSE_AFTER,
        BAD_GATEWAY,
    ),
    "ip-allocated-twice": once(
        "A proxy answers 502 after an address was allocated; flyctl allocates a second one.",
        "addresses.allocate",
        Kind.REFUSE_AFTER,
        BAD_GATEWAY,
    ),
    "machine-created-twice": once(
        "A proxy answers 502 after a machine was created; flyctl creates a second one.",
        "machines.create",
        Kind.REFUSE_AFTER,
        BAD_GATEWAY,
    ),
    "secrets-set-unseen": once(
        "The connection closes after secrets were set.", "secrets.set", Kind.DROP_AFTER
    ),
    "org-create-unseen": once(
        "The connection closes after an organization was created.",
        "organizations.create",
        Kind.DROP_AFTER,
    ),
    "app-create-unseen": once(
        "The connection closes after an app was created.", "apps.create", Kind.DROP_AFTER
    ),
    "machine-create-unseen": once(
        "The connection closes after a machine was created.", "machines.create", Kind.DROP_AFTER
    ),
    "ip-allocate-unseen": once(
        "The connection closes after an address was allocated.",
        "addresses.allocate",
        Kind.DROP_AFTER,
    ),
    "listing-delayed": mark_(
        "A new app or address is not visible before three seconds have passed.",
        Mark.LISTING_DELAYED,
        seconds=3.0,
    ),
}
