"""`fly logs`."""

from __future__ import annotations

from provision.local.standin import shapes
from provision.local.standin.failure import Failure
from provision.local.standin.gojson import pretty
from provision.local.standin.grammar import JSON, OF_APP, REGION, Command, Effect, Flag
from provision.local.standin.requests import logs
from provision.local.standin.session import Session
from provision.local.standin.target import app_name
from provision.local.world.logs import LogLine

POLL_SECONDS, LONGEST_PAUSE_SECONDS = 0.128, 4.0
MOST_ERRORS = 10
FINAL = {401, 404}
COLOURS, RED = {"debug": 36, "info": 34, "warn": 33, "warning": 33}, 31


def _logs(session: Session) -> None:
    app = app_name(session)
    instance = session.flag("machine")
    # A machine is where it is; the region of the environment filters all else, without a word.
    region = "" if instance else session.region
    last, errors, pause = "", 0, POLL_SECONDS
    while True:
        try:
            found = logs.list_(session.api, app, after=last, instance=instance, region=region)
        except Failure as failure:
            errors, pause = errors + 1, min(LONGEST_PAUSE_SECONDS, pause * 2)
            if failure.status in FINAL or errors >= MOST_ERRORS:
                raise
            found = ()
        else:
            errors, pause = 0, POLL_SECONDS
        for each in found:
            _say(session, each)
            last = each.id
        if found and session.is_on("no-tail"):
            return
        session.world.clock.sleep(pause)


def _say(session: Session, line: LogLine) -> None:
    shape = shapes.log_line(line)
    if session.json:
        session.say(pretty(shape), end="")
        return
    time = f"\x1b[2m{shape['timestamp'][:19]}Z\x1b[0m"
    where = f"{line.provider}[{line.instance}] \x1b[32m{line.region}\x1b[0m"
    colour = COLOURS.get(line.level, RED)
    session.say(f"{time} {where} [\x1b[{colour}m{line.level}\x1b[0m]{line.message}")


COMMAND = Command(
    "logs",
    _logs,
    (
        *OF_APP,
        JSON,
        REGION,
        Flag("machine", "m", "string", aliases=("instance",)),
        Flag("no-tail", "n"),
        Flag("select", "s", effect=Effect.MISSING),
    ),
    most=0,
)
