"""Every environment variable that the program reads, passes on, sets or keeps from flyctl."""

from __future__ import annotations

import enum
from collections.abc import Mapping

from attrs import frozen


class Use(enum.Enum):
    """What becomes of a variable."""

    READ = "read"
    """By provision itself."""

    PASSED_ON = "passed on"
    """To flyctl, and to the curl that probes apps, as it is."""

    SET = "set"
    """For flyctl, whatever it was outside."""

    REHEARSAL = "set in a rehearsal"
    """For a real flyctl on the local Fly, whatever it was outside."""

    KEPT_FROM_FLYCTL = "kept from flyctl"
    """It would change what a command is about; a warning says that it was set."""


@frozen
class Variable:
    """
    One of them.

    Attributes:
        meaning: For a person, in a sentence.
    """

    name: str
    use: Use
    meaning: str


VARIABLES: tuple[Variable, ...] = (
    Variable("FLY_API_TOKEN", Use.READ, "The token to act with; handed to flyctl, never shown."),
    Variable("FLY_ACCESS_TOKEN", Use.READ, "The same by its other name; must not differ."),
    Variable(
        "PROVISION_FLYCTL",
        Use.READ,
        "The flyctl to call; `--flyctl` says it louder, and `--local` does without.",
    ),
    Variable("NO_COLOR", Use.READ, "No colours on the terminal, if it is not empty."),
    Variable("CI", Use.READ, "No live progress, if it is not empty."),
    Variable("PATH", Use.PASSED_ON, "Where programs are looked for, flyctl among them."),
    Variable("HOME", Use.PASSED_ON, "The user's folder."),
    Variable(
        "HTTP_PROXY", Use.PASSED_ON, "The proxy for plain HTTP; in a rehearsal one that refuses."
    ),
    Variable("HTTPS_PROXY", Use.PASSED_ON, "The proxy for HTTPS; in a rehearsal one that refuses."),
    Variable(
        "NO_PROXY", Use.PASSED_ON, "What is reached without a proxy; loopback in a rehearsal."
    ),
    Variable("http_proxy", Use.PASSED_ON, "As HTTP_PROXY."),
    Variable("https_proxy", Use.PASSED_ON, "As HTTPS_PROXY."),
    Variable("no_proxy", Use.PASSED_ON, "As NO_PROXY."),
    Variable("SSL_CERT_FILE", Use.PASSED_ON, "Certificates to trust, as a file."),
    Variable("SSL_CERT_DIR", Use.PASSED_ON, "Certificates to trust, as a folder."),
    Variable("DOCKER_HOST", Use.PASSED_ON, "The Docker daemon that builds images."),
    Variable("FLY_CONFIG_DIR", Use.SET, "A folder of this run alone, removed after it."),
    Variable("FLY_EMIT_RELEASE_JSON", Use.SET, "Has a deploy say which release it made."),
    Variable("FLY_NO_INCIDENTS_CHECK", Use.SET, "No notes on incidents."),
    Variable("FLY_NO_UPDATE_CHECK", Use.SET, "No notes on updates."),
    Variable("FLY_SEND_METRICS", Use.SET, "No metrics."),
    Variable("FLY_SYNTHETICS_AGENT", Use.SET, "No agent in the background."),
    Variable("FLY_API_BASE_URL", Use.REHEARSAL, "The local Fly, in place of Fly's GraphQL API."),
    Variable("FLY_FLAPS_BASE_URL", Use.REHEARSAL, "The same, in place of the Machines API."),
    Variable("FLY_UIEX_BASE_URL", Use.REHEARSAL, "The same, in place of Fly's newer API."),
    Variable("FLY_METRICS_BASE_URL", Use.REHEARSAL, "Where metrics would go: nowhere."),
    Variable("FLY_SYNTHETICS_BASE_URL", Use.REHEARSAL, "Where the agent would ask: nowhere."),
    Variable(
        "FLY_STATUSPAGE_UNRESOLVED_INCIDENTS_URL",
        Use.REHEARSAL,
        "Where incidents would be read: nowhere.",
    ),
    Variable("FLY_TRACE_COLLECTOR_URL", Use.REHEARSAL, "Where traces would go: nowhere."),
    Variable("FLY_REGISTRY_HOST", Use.REHEARSAL, "Where images would be pushed: nowhere."),
    Variable("LOCAL_FLY_TOKEN", Use.REHEARSAL, "What lets flyctl in; for the local Fly to know."),
    Variable("PROCMAN_CHILD", Use.SET, "Marks every child, by which its descendants are found."),
    Variable("FLY_APP", Use.KEPT_FROM_FLYCTL, "Would take the place of the app of a command."),
    Variable("FLY_ORG", Use.KEPT_FROM_FLYCTL, "Would take the place of its organization."),
    Variable("FLY_ORGANIZATION", Use.KEPT_FROM_FLYCTL, "The same by its other name."),
    Variable("FLY_REGION", Use.KEPT_FROM_FLYCTL, "Would hide the logs of other regions."),
)
"""All of them; secrets of a manifest come from the variables it names besides."""


def passed_on(environ: Mapping[str, str]) -> dict[str, str]:
    """What of *environ* flyctl gets to see."""
    names = [variable.name for variable in VARIABLES if variable.use is Use.PASSED_ON]
    return {name: environ[name] for name in names if name in environ}


def kept_from_flyctl(environ: Mapping[str, str]) -> tuple[str, ...]:
    """The names of those in *environ* that are worth a warning."""
    return tuple(
        variable.name
        for variable in VARIABLES
        if variable.use is Use.KEPT_FROM_FLYCTL and environ.get(variable.name)
    )


def table() -> str:
    """All of them as a Markdown table."""
    rows = [f"| `{v.name}` | {v.use.value} | {v.meaning} |" for v in VARIABLES]
    return "\n".join(["| variable | use | meaning |", "| --- | --- | --- |", *rows])
