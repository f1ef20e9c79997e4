"""What flyctl refuses, each refusal by its name; the one place that reads its stderr."""

from __future__ import annotations

import re
from collections.abc import Sequence

from procman import REDACTED, Output, StepTimedOut
from provision.errors import ExitCode, ProvisionError


class FlyError(ProvisionError):
    """
    flyctl said no, and we understood why.

    Attributes:
        said: Its own words, without the query it sent.
    """

    def __init__(self, said: str) -> None:
        self.said = said
        super().__init__(said)


class NotAuthenticated(FlyError):
    """Raised when the token is missing, wrong, or expired, perhaps in the middle of a run."""

    hint = "see whether FLY_API_TOKEN is valid and may see the organization: fly auth whoami"


class NotFound(FlyError):
    """Raised when something is not there, or when the token is not allowed to see it."""

    hint = "a token that may not see it gets the same answer as one that asks for nothing there"


class NameTaken(FlyError):
    """Raised when an app of that name exists, perhaps where the token cannot see it."""

    hint = "app names are unique across all of Fly; choose another"


class InvalidName(FlyError):
    """Raised when Fly does not take the name."""


class PaymentRequired(FlyError):
    """Raised when the organization has no payment method."""

    exit_code = ExitCode.PRECONDITION
    hint = "a human must add a payment method on the organization's billing page"


class NotAllowed(FlyError):
    """Raised when the token is good, and is not allowed to do this."""

    exit_code = ExitCode.PRECONDITION
    hint = "use a token that may: fly tokens create org, by an admin of the organization"


class QuotaReached(FlyError):
    """Raised when the organization may not have more of something."""

    exit_code = ExitCode.PRECONDITION
    hint = "a human must have Fly raise the limit, or make room"


class BuilderUnreachable(FlyError):
    """Raised when the machine that builds images does not answer; nothing was released."""

    hint = "try again; if it stays so, `fly wireguard websockets enable` goes another way"


class NoCapacity(FlyError):
    """Raised when the region has no room for the machine."""

    hint = "try again later; the region is never changed for you"


class RateLimited(FlyError):
    """Raised when Fly is asked too often."""


class ServerTrouble(FlyError):
    """Raised when Fly answered that it failed; what was asked may have happened."""


class Unreachable(FlyError):
    """Raised when the connection failed or broke; what was asked may have happened."""


class LeaseHeld(FlyError):
    """Raised when another deploy holds a machine, or one that was interrupted still does."""

    exit_code = ExitCode.LOCKED
    hint = "run it again when the lease has ended; --lock-wait 10m waits for that"


class WrongState(FlyError):
    """Raised when a machine is in no state in which it can be started; nothing happened."""


class ReleaseCommandFailed(FlyError):
    """Raised when the release command of a deploy did not exit with 0."""


class AppCrashing(FlyError):
    """Raised when a machine exited again and again while it was deployed."""

    exit_code = ExitCode.NOT_VERIFIED


class Unhealthy(FlyError):
    """Raised when the health checks of a machine did not pass in time."""


class NeverReleased(FlyError):
    """Raised when something is asked of an app that only a released one has."""


class ConfigRefused(FlyError):
    """Raised when flyctl does not accept a fly.toml."""

    exit_code = ExitCode.BAD_INPUT


class Prompted(FlyError):
    """Raised when flyctl would have asked a question: an argument of ours is missing."""


class Misunderstood(FlyError):
    """Raised when flyctl does not know a command or a flag of ours."""

    exit_code = ExitCode.PRECONDITION
    hint = "this flyctl is not one that provision was checked with: see provision doctor"


class Rejected(FlyError):
    """Raised when Fly refused a query in words that we do not know."""


_REFUSALS: Sequence[tuple[type[FlyError], str]] = (
    (
        NotAuthenticated,
        r"no access token|token validation error|code: 401|[Uu]nauthorized",
    ),
    (NotAllowed, r"status code: 403|\(status 403\)|status: 403|not allowed to"),
    (NameTaken, r"Name has already been taken"),
    (InvalidName, r"Name is invalid"),
    (PaymentRequired, r"add a payment method|payment information"),
    (QuotaReached, r"reached \S+ \w+ limit"),
    (BuilderUnreachable, r"error connecting to (\w+ )?builder|remote builder app unavailable"),
    (NoCapacity, r"insufficient resources|Try choosing a different region|lack of capacity"),
    (RateLimited, r"rate limit exceeded|status code: 429|\(status 429\)|status: 429"),
    (LeaseHeld, r"lease currently held by"),
    (WrongState, r"unable to start machine from current state"),
    (ReleaseCommandFailed, r"release command failed"),
    (AppCrashing, r"smoke checks for \S+ failed"),
    (Unhealthy, r"waiting for health checks to pass"),
    (NeverReleased, r"could not create a fly\.toml from any machines|no complete releases"),
    (
        NotFound,
        r"Could not find |app not found|organization \S+ not found|404 Not Found|not found in app",
    ),
    (
        ConfigRefused,
        r"is not valid|strict validation failed|failed loading|file not found|cannot unmarshal",
    ),
    (Prompted, r"when not running interactively|prompt: non interactive"),
    (Misunderstood, r"unknown (shorthand )?flag|unknown command|accepts at most|requires at least"),
    (ServerTrouble, r"status code: 5\d\d|\(status 5\d\d\)|non-2xx status: 5\d\d"),
    (Unreachable, r"connection refused|no such host|i/o timeout|: EOF|connection (reset|broken)"),
)
"""
Which words stand for which refusal; the first that fits counts.

Source: flyctl internal/cli/cli.go, internal/flyerr; fly-go client.go, flaps/errors.go
"""

READ_AGAIN = (RateLimited, ServerTrouble, Unreachable)
"""What may pass if one only asks again; for commands that change nothing."""


def refusal(output: Output) -> FlyError | None:
    """
    The name of what flyctl refused; None for what we do not recognise.

    Args:
        output: Raw: a secret may be spelled like the words that are looked for. What the error
            says is redacted.
    """
    lines = _lines(output)
    starts = [number for number, line in enumerate(lines) if line.startswith("Error: ")]
    if not starts:
        return None
    # What follows the last error line is its description and suggestion.
    message = lines[starts[-1] :]
    for kind, phrase in _REFUSALS:
        if re.search(phrase, "\n".join(message)):
            return kind(_said(_shown(message[0], output)))
    # Its own text would show the query and cut off the reason.
    return Rejected(_said(_shown(message[0], output))) if "failed to run " in message[0] else None


def question(error: StepTimedOut) -> str | None:
    """
    What flyctl asked, waiting for an answer that never came; None if it did not.

    Source: flyctl internal/prompt, github.com/AlecAivazis/survey
    """
    (line,) = error.output.last_lines(1) or ("",)
    return line.removeprefix("? ").strip() if line.startswith("? ") else None


def _lines(output: Output) -> list[str]:
    return output.stderr.decode(errors="replace").splitlines()


def _shown(line: str, output: Output) -> str:
    """*line* of *output* as it may be seen: a secret may reach beyond it, or have been cut."""
    clean = output.redactor.clean_text(line)
    return clean if clean in _lines(output.redacted()) else REDACTED


def _said(line: str) -> str:
    """The error line, without the text of the query and the ids for Fly's support."""
    said = line.removeprefix("Error: ")
    # A GraphQL error carries the whole query before what the server said.
    before, _, _ = said.partition("failed to run ")
    _, query, after = said.rpartition("} }: ")
    said = f"{before}{after}" if query else said
    return re.sub(r" \((Request|Trace) ID: [^)]*\)", "", said)
