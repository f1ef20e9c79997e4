"""Asks an app by the URL it declares, again and again until it answers or its time is over."""

from __future__ import annotations

import enum
from urllib.parse import urlsplit

import anyio
from attrs import frozen

from procman import Context, Step
from provision.curl import Answer, CurlMissing
from provision.manifest import ManifestProbe
from provision.platform import PlatformApp
from provision.session import Session

TRY = 10.0
"""Seconds one request may take; a machine that must wake first takes some of them."""

SHORTEST_TRY = 1.0
"""Seconds the last one has at least: cut off too soon, it would only say that."""

WAITS = (0.1, 0.3, 1.0)
"""Seconds between the first tries."""

LONGEST_WAIT = 2.0


class ProbeOutcome(enum.Enum):
    """What became of the last request."""

    ANSWERED = "answered"
    """As declared."""

    NOT_RESOLVED = "not_resolved"
    """Its host name has no address."""

    REFUSED = "refused"
    """Nobody takes a connection there."""

    TLS = "tls"
    """There is no certificate that counts for the name."""

    CUT_OFF = "cut_off"
    """The connection ended without an answer."""

    TIMED_OUT = "timed_out"
    REDIRECT_LOOP = "redirect_loop"
    LED_AWAY = "led_away"
    """It redirects to another host, or away from https: whoever answers there is not the app."""

    SERVER_ERROR = "server_error"
    """A status of 500 or more that is not the declared one."""

    OTHER_STATUS = "other_status"
    """Any other status that is not the declared one."""


@frozen
class Probed:
    """
    What an app answered.

    Attributes:
        url: What it was asked for.
        outcome: Of the last try.
        status: The HTTP status of the last response; None where there was none.
        said: What came of the last try, in words.
        seconds: From the first try to the end of the last.
        woke: Whether machines of it ran afterwards of which none had before.
    """

    url: str
    outcome: ProbeOutcome
    status: int | None
    said: str
    tries: int
    seconds: float
    woke: bool = False

    @property
    def is_well(self) -> bool:
        """Whether it answered as declared."""
        return self.outcome is ProbeOutcome.ANSWERED


async def probe(
    context: Context, session: Session, app: PlatformApp, declared: ManifestProbe
) -> Probed:
    """
    Ask *app* as *declared* until it answers so, or the time that is declared is over.

    Raises:
        CurlMissing: the session has none.
        StepError: curl itself failed.
    """
    url = app.declared.url_of(declared)
    began = anyio.current_time()
    budget = declared.timeout.seconds
    waits = iter(WAITS)
    tries, told = 0, None
    while True:
        left = began + budget - anyio.current_time()
        answer = await context.run(_a_try(session, url, left))
        tries += 1
        outcome = outcome_of(answer, url, declared.status)
        spent = anyio.current_time() - began
        wait = next(waits, LONGEST_WAIT)
        if outcome is ProbeOutcome.ANSWERED or spent + wait >= budget:
            return Probed(url, outcome, answer.http_code or None, _said(answer, url), tries, spent)
        if outcome is not told:
            told = outcome
            context.log(f"probe: {outcome.value}, asked again until {budget:g} s are over")
        await anyio.sleep(wait)


def first_try(session: Session, app: PlatformApp, declared: ManifestProbe) -> Step[Answer]:
    """How *app* is asked first."""
    return _a_try(session, app.declared.url_of(declared), declared.timeout.seconds)


def _a_try(session: Session, url: str, left: float) -> Step[Answer]:
    if session.curl is None:
        raise CurlMissing("this run was given none")
    return session.curl.get(url, limit=min(TRY, max(SHORTEST_TRY, left)))


def outcome_of(answer: Answer, url: str, status: int) -> ProbeOutcome:
    """What *answer* says of who was asked for *url*, and is to answer with *status*."""
    if answer.exitcode:
        return _ENDS[answer.exitcode]
    if urlsplit(answer.url_effective).hostname != urlsplit(url).hostname:
        return ProbeOutcome.LED_AWAY
    if answer.http_code == status:
        return ProbeOutcome.ANSWERED
    is_servers = answer.http_code >= _SERVERS
    return ProbeOutcome.SERVER_ERROR if is_servers else ProbeOutcome.OTHER_STATUS


def _said(answer: Answer, url: str) -> str:
    if answer.errormsg:
        return answer.errormsg
    where = "" if answer.url_effective == url else f" from {answer.url_effective}"
    return f"status {answer.http_code}{where}"


_SERVERS = 500

_ENDS = {
    # Only what it is redirected to can have a protocol that it may not speak.
    1: ProbeOutcome.LED_AWAY,
    6: ProbeOutcome.NOT_RESOLVED,
    7: ProbeOutcome.REFUSED,
    16: ProbeOutcome.CUT_OFF,
    28: ProbeOutcome.TIMED_OUT,
    35: ProbeOutcome.TLS,
    47: ProbeOutcome.REDIRECT_LOOP,
    51: ProbeOutcome.TLS,
    52: ProbeOutcome.CUT_OFF,
    55: ProbeOutcome.CUT_OFF,
    56: ProbeOutcome.CUT_OFF,
    60: ProbeOutcome.TLS,
    92: ProbeOutcome.CUT_OFF,
}
"""By curl's exit codes; all of `curl.ENDS` that are not 0."""
