"""Scenarios about what belongs to an app: addresses, secrets, deploys, machines, logs."""

from __future__ import annotations

from provision.local.world.faults import Fault, Kind, Mark
from provision.local.world.scenarios.scenario import Scenario, mark_, refuse

APPS: dict[str, Scenario] = {
    "ip-lost": mark_(
        "Allocating an address succeeds, and the address is not there.", Mark.ADDRESS_LOST
    ),
    "ip-refused": refuse(
        "No address can be allocated.", "addresses.allocate", 422, "no addresses available"
    ),
    "network-not-found": refuse(
        "The network of an address is not known.", "addresses.allocate", 400, "network not found"
    ),
    "ip-twice": mark_("Allocating an address allocates two.", Mark.ADDRESS_TWICE, times=1),
    "public-ip-appears": mark_(
        "A deploy gives the app a public address nobody asked for.", Mark.PUBLIC_ADDRESS_APPEARS
    ),
    "secret-lost": mark_("Setting secrets succeeds, and nothing is stored.", Mark.SECRET_LOST),
    "build-fails": mark_(
        "Building an image fails.",
        Mark.BUILD_FAILS,
        message='process "/bin/sh -c make" did not complete successfully: exit code: 2',
    ),
    "builder-unreachable": refuse(
        "The builder cannot be reached, for an app that has no image yet.",
        "builds.create",
        503,
        "error connecting to builder: tunnel unavailable",
    ),
    "deploy-fails": Scenario(
        "Machines can be neither created nor updated.",
        (
            Fault("machines.create", Kind.REFUSE, 500, "internal server error"),
            Fault("machines.update", Kind.REFUSE, 500, "internal server error"),
        ),
    ),
    "deploy-lies": mark_(
        "A deploy succeeds, and the machines run the old image.", Mark.DEPLOY_LIES
    ),
    "deploy-fails-at-end": mark_(
        "A deploy ends with an error after all of it was done.",
        Mark.CLIENT_FAILS_AT_END,
        message="timeout reached waiting for DNS",
    ),
    "deploy-hangs-at-end": mark_(
        "A deploy says that it succeeded, and does not end.", Mark.CLIENT_HANGS_AT_END
    ),
    "release-command-fails": mark_("The release command exits with 1.", Mark.RELEASE_COMMAND_FAILS),
    "release-stuck": refuse(
        "The status of a release cannot be set, and stays pending.",
        "releases.update",
        500,
        "internal server error",
    ),
    "config-changed": mark_(
        "Machines get an environment variable nobody asked for.",
        Mark.CONFIG_CHANGED,
        message="somebody else",
    ),
    "machine-crashes": mark_("Machines crash at once, again and again.", Mark.MACHINE_CRASHES),
    "machine-oom": mark_(
        "Machines are killed for want of memory, again and again.", Mark.MACHINE_OOM
    ),
    "machine-unhealthy": mark_("The checks of machines fail.", Mark.MACHINE_UNHEALTHY),
    "machine-dies-later": mark_(
        "Machines start, and die after 20 seconds.", Mark.MACHINE_DIES_LATER, seconds=20.0
    ),
    "machine-stays-starting": mark_(
        "Machines do not get further than starting.", Mark.MACHINE_STAYS, message="starting"
    ),
    "machine-state-unknown": mark_(
        "Machines are in a state nobody has heard of.",
        Mark.MACHINE_STAYS,
        message="hibernating",
    ),
    "machine-listens-elsewhere": mark_(
        "Machines listen on the loopback address only.", Mark.MACHINE_LISTENS_ELSEWHERE
    ),
    "host-unreachable": mark_("The host of machines is unreachable.", Mark.HOST_UNREACHABLE),
    "one-machine-more": mark_(
        "Creating a machine creates another one beside it.", Mark.ONE_MACHINE_MORE, times=1
    ),
    "one-machine-less": mark_(
        "A machine that was created is soon gone from every list.",
        Mark.ONE_MACHINE_LESS,
        times=1,
    ),
    "logs-empty": mark_("There are no logs.", Mark.LOGS_EMPTY),
    "logs-huge": mark_("There are thousands of lines of logs.", Mark.LOGS_HUGE),
    "logs-slow": Scenario("Logs take five seconds.", (Fault("logs.list", Kind.SLOW, seconds=5.0),)),
    "logs-forbidden": refuse("Logs may not be read.", "logs.list", 401, "unauthorized"),
}
