"""Cases P61 and P85: when a service is ready, and what is said of one that is not."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import anyio
import pytest

from procman import (
    Command,
    Context,
    Descriptor,
    Event,
    Http,
    Line,
    Notification,
    Outcome,
    Port,
    RunningService,
    Secret,
    Service,
    ServiceFailed,
    ServiceStarted,
    Succeeds,
    Workflow,
    command,
)
from procman.probes import Readiness
from tests.procman.children import is_alive, python, shell
from tests.procman.services import nothing, within

pytestmark = pytest.mark.anyio

PROGRAM = """
    import http.server, os, pathlib, socket, sys, threading, time

    way, mark, port = sys.argv[1], pathlib.Path(sys.argv[2]), int(sys.argv[3])

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200 if mark.exists() else 503)
            self.end_headers()

        def log_message(self, *_):
            pass

    if way == "http":
        threading.Timer(0.1, mark.touch).start()
        http.server.HTTPServer(("127.0.0.1", port), Handler).serve_forever()
    print("starting", flush=True)
    time.sleep(0.05)
    mark.touch()
    if way == "line":
        print("listening", flush=True)
    elif way == "port":
        http.server.HTTPServer(("127.0.0.1", port), Handler).serve_forever()
    elif way == "notification":
        telling = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        telling.sendto(b"STATUS=up\\nREADY=1", os.environ["NOTIFY_SOCKET"])
    elif way == "descriptor":
        os.write(int(os.environ["NOTIFY_FD"]), b"\\n")
    time.sleep(60)
"""


WAYS: dict[str, Callable[[Path], Readiness]] = {
    "line": lambda _: Line("^listening$", stream="stdout"),
    "port": lambda _: Port(),
    "http": lambda _: Http("/", status=200),
    "command": lambda mark: Succeeds(command("test", "-e", mark)),
    "notification": lambda _: Notification(),
    "descriptor": lambda _: Descriptor(),
}


@pytest.mark.parametrize("way", WAYS)
async def test_p61_p85_the_scope_is_entered_only_when_the_service_is_ready(
    way: str, tmp_path: Path
) -> None:
    """P61, P85: by a line, a port, HTTP, a command, a notification, a descriptor; not before."""
    mark = tmp_path / "mark"
    service = Service(
        "s", lambda port: python(PROGRAM, way, str(mark), str(port)), ready=WAYS[way](mark)
    )
    entered: list[tuple[bool, bool]] = []

    async def body(running: RunningService) -> None:
        entered.append((mark.exists(), is_alive(running.pid)))
        if way in ("port", "http"):
            assert await Port().ask(running.port) is None

    with anyio.fail_after(20):
        run = await within(body, service)

    assert (run.job("job").cause, entered) == ("", [(True, True)])
    (start,) = run.services[0].starts
    assert start.ready is not None
    assert (start.outcome, start.cause) == (Outcome.SUCCEEDED, "")


@pytest.mark.parametrize(
    "ready", [Line("never"), Port(1), Http(port=1), Succeeds(command("false")), Notification()]
)
async def test_p61_a_service_that_dies_first_fails_at_once(ready: Readiness) -> None:
    """P61: with its output, not at the timeout."""
    dying = Service("s", shell("echo no config >&2; exit 3"), ready=ready)

    with anyio.fail_after(5):
        run = await within(nothing, dying)

    assert run.job("job").cause.endswith("service s: exit code 3 before it was ready")
    with pytest.raises(BaseExceptionGroup) as caught:
        run.check()
    (error,) = caught.value.exceptions
    assert isinstance(error, ServiceFailed)
    assert "no config" in str(error)


@pytest.mark.parametrize(
    ("ready", "reason"),
    [
        (Line("never"), "no line matched 'never'"),
        (Port(1), "port 1: "),
        (Notification(), "it has not said so"),
        (Descriptor(), "it has not said so"),
    ],
)
async def test_p85_who_is_not_ready_in_time_is_ended(ready: Readiness, reason: str) -> None:
    """P85: the limit names itself, and why it is not ready."""
    silent = Service("s", shell("exec sleep 60"), ready=ready, ready_timeout=0.1)
    events: list[Event] = []

    run = await within(nothing, silent, events=events)

    assert f"service s: ready timeout of 0.1 s reached: {reason}" in run.job("job").cause
    (pid,) = [event.pid for event in events if isinstance(event, ServiceStarted)]
    assert not is_alive(pid)


SAYING = """
    import os, signal, socket, sys, time
    def notify(what):
        telling = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        telling.sendto(what, os.environ["NOTIFY_SOCKET"])
"""


LATE = """
    sleep 60 &
    trap "$0; exit" TERM
    wait
"""

NOTIFYING = f'{sys.executable} -S -c "$NOTIFYING"'

LATE_WAYS: dict[str, tuple[Readiness, Command]] = {
    "line": (Line("up"), command("sh", "-c", LATE, "echo up")),
    "descriptor": (Descriptor(), command("sh", "-c", LATE, "echo > /dev/fd/$NOTIFY_FD")),
    "notification": (
        Notification(),
        command(
            *("sh", "-c", LATE, NOTIFYING),
            env={"NOTIFYING": dedent(SAYING) + 'notify(b"READY=1")'},
        ),
    ),
}

SAYS: dict[str, tuple[Readiness, str]] = {
    "line": (Line("up"), 'print("up", flush=True)'),
    "descriptor": (Descriptor(), r'os.write(int(os.environ["NOTIFY_FD"]), b"up\n")'),
    "notification": (Notification(), 'notify(b"READY=1")'),
}


@pytest.mark.parametrize("way", LATE_WAYS)
async def test_p85_late_is_told_from_never(way: str) -> None:
    """P85: what it says while it is being ended comes too late, and is heard."""
    ready, late = LATE_WAYS[way]

    run = await within(nothing, Service("s", late, ready=ready, ready_timeout=0.2))

    reached = "service s: ready timeout of 0.2 s reached: it said so too late"
    assert run.job("job").cause.endswith(reached)


def hold_up_until_it_ended(event: Event) -> None:
    """A hook that keeps all else waiting until the service that was started has ended."""
    if isinstance(event, ServiceStarted):
        end = time.monotonic() + 10
        while is_alive(event.pid) and time.monotonic() < end:
            time.sleep(0.005)


async def idle(_: Context) -> None:
    """Do nothing."""


@pytest.mark.parametrize("way", SAYS)
async def test_p85_what_is_said_with_the_last_breath_is_heard(way: str) -> None:
    """P85: it was ready, though it had ended before anybody looked."""
    ready, saying = SAYS[way]
    service = Service("s", python(f"{SAYING}\n    {saying}\n    sys.exit(3)"), ready=ready)
    workflow = Workflow("w")
    workflow.job(idle, name="user", needs=[workflow.service(service)])

    run = await workflow.run(hooks=[hold_up_until_it_ended])

    (start,) = run.services[0].starts
    assert start.ready is not None
    assert start.cause == "exit code 3"


@pytest.mark.parametrize(
    ("ready", "source", "reason"),
    [
        (
            Descriptor(),
            'os.close(int(os.environ["NOTIFY_FD"]))',
            "it closed the descriptor in NOTIFY_FD without a line",
        ),
        (Notification(), 'notify(b"STATUS=bad\\nSTOPPING=1")', "it said that it is stopping"),
    ],
)
async def test_p85_who_can_never_be_ready_is_not_waited_for(
    ready: Readiness, source: str, reason: str
) -> None:
    """P85: what cannot be said any more is never, at once, and not late."""
    service = Service("s", python(f"{SAYING}\n    {source}\n    time.sleep(60)"), ready=ready)

    with anyio.fail_after(10):
        run = await within(nothing, service)

    assert run.job("job").cause.endswith(f"service s: it will never be ready: {reason}")


async def test_p85_what_a_service_says_of_itself_is_in_the_reason() -> None:
    """P85, P24: the last status, its secrets redacted."""
    source = f"""{SAYING}
    notify(b"STATUS=waiting for " + os.environ["TOKEN"].encode())
    time.sleep(60)
    """
    saying = python(source, env={"TOKEN": Secret("hunter2")})

    run = await within(nothing, Service("s", saying, ready=Notification(), ready_timeout=0.6))

    assert run.job("job").cause.endswith("it has said no more than 'waiting for [redacted]'")


async def test_p85_a_socket_finds_room_however_long_the_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P85: the system allows about a hundred bytes, TMPDIR may have more."""
    deep = tmp_path / ("x" * 100)
    deep.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(deep))
    source = f'{SAYING}\n    notify(b"READY=1")\n    time.sleep(60)'

    run = await within(nothing, Service("s", python(source), ready=Notification()))

    assert run.outcome is Outcome.SUCCEEDED


async def test_p61_a_program_that_is_missing_is_said_to_be() -> None:
    """P61: as for a step."""
    run = await within(nothing, Service("s", command("no-such-program"), ready=Line("x")))

    assert "no such program on PATH" in run.job("job").cause
