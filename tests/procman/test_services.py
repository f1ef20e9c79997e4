"""Cases F: services in a scope, ready when they say so, restarted and stopped by policy."""

from __future__ import annotations

import os
import socket
from contextlib import ExitStack
from pathlib import Path
from signal import SIGKILL, SIGTERM

import anyio
import pytest

from procman import (
    Capture,
    Command,
    Context,
    Event,
    Journal,
    Line,
    Liveness,
    OnDeath,
    Outcome,
    Port,
    Probe,
    Restart,
    RestartWhen,
    Run,
    RunningService,
    Service,
    ServiceFailed,
    ServiceReady,
    ServiceStarted,
    Step,
    Stop,
    Workflow,
    listening_socket,
    run_service,
    text,
)
from tests.procman.children import python, shell, until_gone
from tests.procman.services import nothing, until_ended, within

pytestmark = pytest.mark.anyio


async def test_p63_services_stop_in_reverse_order_with_their_trees(tmp_path: Path) -> None:
    """P63: signal, grace, kill; the tree of each; the one started last stops first."""
    # Forked before the trap is set: between fork and exec it would take the signal for nothing.
    script = (
        "sleep 60 & echo $! >> {log}.pids; trap 'echo {name} >> {log}; exit' TERM; echo up; wait"
    )
    log = tmp_path / "log"
    services = [
        Service(name, shell(script.format(name=name, log=log)), ready=Line("up"))
        for name in ("first", "second", "third")
    ]

    run = await within(nothing, *services)

    assert run.outcome is Outcome.SUCCEEDED
    assert log.read_text().split() == ["third", "second", "first"]
    await until_gone(*map(int, Path(f"{log}.pids").read_text().split()))


async def test_p63_a_stubborn_service_is_killed() -> None:
    """P63: after its grace."""
    stop = Stop(((SIGTERM, 0.1),))
    script = "trap '' TERM; echo up; exec sleep 60"
    stubborn = Service("s", shell(script, stop=stop), ready=Line("up"))

    run = await within(nothing, stubborn)

    (start,) = run.services[0].starts
    assert start.output is not None
    assert start.output.signals == ("SIGTERM", "SIGKILL")


async def test_p64_the_death_of_a_service_cancels_those_who_use_it() -> None:
    """P64: at once, and its failure is what is raised."""
    dying = Service("s", shell("echo up; sleep 0.1; echo bad >&2; exit 4"), ready=Line("up"))

    with anyio.fail_after(5):
        run = await within(lambda _: anyio.sleep(60), dying)

    assert run.job("job").cause.endswith("service s: exit code 4")


async def test_p64_or_they_are_told() -> None:
    """P64: with `OnDeath.TELL` they go on, and can ask."""
    told: list[str] = []
    dying = Service(
        "s", shell("echo up; sleep 0.1; exit 4"), ready=Line("up"), on_death=OnDeath.TELL
    )

    async def body(running: RunningService) -> None:
        await running.ended()
        assert isinstance(running.failure, ServiceFailed)
        told.append(running.failure.cause)

    run = await within(body, dying)

    assert (run.outcome, told) == (Outcome.SUCCEEDED, ["service s: exit code 4"])


@pytest.mark.parametrize(
    ("when", "code", "starts"),
    [
        (RestartWhen.NEVER, 1, 1),
        (RestartWhen.ON_FAILURE, 0, 1),
        (RestartWhen.ON_FAILURE, 1, 3),
        (RestartWhen.ALWAYS, 0, 3),
    ],
)
async def test_p62_restarts_follow_the_policy(when: RestartWhen, code: int, starts: int) -> None:
    """P62: a crash loop ends with an error that says how often and why."""
    service = Service(
        "s",
        shell(f"echo up; exit {code}"),
        ready=Line("up"),
        restart=Restart(when=when, limit=2, delay=0.01, factor=2),
    )

    run = await within(until_ended, service)

    times = "" if starts == 1 else " after 2 restarts"
    assert run.job("job").cause.endswith(f"service s: exit code {code}{times}")
    assert len(run.services[0].starts) == starts
    delays = [start.restart_in for start in run.services[0].starts]
    assert delays == [0.01, 0.02, None][3 - starts :]


async def test_p62_a_service_that_comes_back_is_the_same_to_its_users() -> None:
    """P62: killed from outside, restarted, and nobody is cancelled."""
    events: list[Event] = []
    service = Service(
        "s",
        shell("echo up; exec sleep 60"),
        ready=Line("up"),
        restart=Restart(when=RestartWhen.ON_FAILURE, delay=0),
    )

    async def body(running: RunningService) -> None:
        first = running.pid
        assert first is not None
        os.kill(first, SIGKILL)
        with anyio.fail_after(5):
            while running.pid == first or running.restarts == 0:
                await anyio.sleep(0.01)

    run = await within(body, service, events=events)

    assert run.outcome is Outcome.SUCCEEDED
    assert sum(isinstance(event, ServiceStarted) for event in events) == 2


class Scripted:
    """A probe with answers prepared; the last one is repeated."""

    def __init__(self, *answers: str | None) -> None:
        self.answers = list(answers)
        self.asked = 0

    async def ask(self, port: int | None) -> str | None:  # noqa: ARG002
        """The next answer."""
        self.asked += 1
        return self.answers[min(self.asked, len(self.answers)) - 1]


async def test_p84_liveness_has_thresholds_of_its_own() -> None:
    """P84: failures in a row end it; an answer in between makes up for them."""
    probe = Scripted(None, "a", "b", None, "c", "d", "e")
    alive = Liveness(probe=probe, period=0.001, failure_threshold=3)
    service = Service("s", shell("echo up; exec sleep 60"), ready=Line("up"), alive=alive)

    with anyio.fail_after(10):
        run = await within(until_ended, service)

    assert run.job("job").cause.endswith("service s: liveness probe failed 3 times: e")
    assert probe.asked == 7


async def test_p84_more_than_one_answer_may_be_wanted() -> None:
    """P84: with a success threshold of two, one answer makes up for nothing."""
    probe = Scripted("a", None, "b", None, "c")
    alive = Liveness(probe=probe, period=0.001, failure_threshold=3, success_threshold=2)
    service = Service("s", shell("echo up; exec sleep 60"), ready=Line("up"), alive=alive)

    run = await within(until_ended, service)

    assert run.job("job").cause.endswith("liveness probe failed 3 times: c")


class Timed(Scripted):
    """A probe that notes when it was asked."""

    def __init__(self, *answers: str | None) -> None:
        super().__init__(*answers)
        self.at: list[float] = []

    async def ask(self, port: int | None) -> str | None:
        """The next answer."""
        self.at.append(anyio.current_time())
        return await super().ask(port)


async def test_p84_questions_keep_their_times() -> None:
    """P84: the first after `initial_delay`, each other a `period` after the last answer."""
    probe = Timed(None, None, "bad")
    alive = Liveness(probe=probe, initial_delay=0.15, period=0.05, failure_threshold=1)
    entered: list[float] = []

    async def body(running: RunningService) -> None:
        entered.append(anyio.current_time())
        await running.ended()

    await within(body, Service("s", shell("echo up; exec sleep 60"), ready=Line("up"), alive=alive))

    first, second, third = probe.at
    assert first - entered[0] > 0.1
    assert min(second - first, third - second) >= 0.05


async def test_p84_liveness_is_kept_apart_from_readiness() -> None:
    """P84: nobody is asked whether it lives before it is ready, and no answer makes it ready."""
    probe = Scripted(None)
    service = Service(
        "s",
        shell("exec sleep 60"),
        ready=Line("never"),
        ready_timeout=0.1,
        alive=Liveness(probe=probe, period=0.01),
    )

    run = await within(nothing, service)

    assert "ready timeout of 0.1 s reached" in run.job("job").cause
    assert probe.asked == 0


class Broken:
    """A probe with a mistake in it."""

    async def ask(self, port: int | None) -> str | None:
        """Fail."""
        raise LookupError(f"no such key: {port}")


@pytest.mark.parametrize("is_ready", [True, False])
async def test_p84_a_probe_that_raises_ends_its_service(*, is_ready: bool) -> None:
    """P84: what it raised is the reason, told as a failure."""
    service = Service(
        "s",
        shell("echo up; exec sleep 60"),
        ready=Line("up") if is_ready else Broken(),
        alive=Liveness(probe=Broken()),
    )

    with anyio.fail_after(10):
        run = await within(until_ended, service)

    reason = "its probe raised LookupError: no such key: None"
    assert run.job("job").cause.endswith(f"service s: {reason}")
    (start,) = run.services[0].starts
    assert (start.outcome, start.cause) == (Outcome.FAILED, reason)


class Silent:
    """A probe that never answers."""

    async def ask(self, port: int | None) -> str | None:  # noqa: ARG002
        """Wait for ever."""
        await anyio.sleep_forever()
        return None


async def test_p84_a_failed_probe_restarts_by_policy() -> None:
    """P84: a question without an answer is a failure, and names its limit."""
    probe: Probe = Silent()
    service = Service(
        "s",
        shell("echo up; exec sleep 60"),
        ready=Line("up"),
        alive=Liveness(probe=probe, timeout=0.02, failure_threshold=1),
        restart=Restart(when=RestartWhen.ON_FAILURE, limit=1, delay=0),
    )

    run = await within(until_ended, service)

    assert [start.cause for start in run.services[0].starts] == [
        "liveness probe failed 1 times: probe timeout of 0.02 s reached"
    ] * 2


async def test_p65_a_port_that_was_taken_meanwhile_is_replaced() -> None:
    """P65: the program is given another one; that is no restart of its policy's."""
    given: list[int] = []
    used: list[int] = []
    source = "import socket, sys, time; socket.create_server(('127.0.0.1', int(sys.argv[1])))"

    async def body(running: RunningService) -> None:
        used.append(running.port)

    with ExitStack() as taken:

        def unlucky(port: int) -> Command:
            given.append(port)
            if len(given) == 1:
                taken.enter_context(socket.create_server(("127.0.0.1", port)))
            return python(f"{source}; print('up', flush=True); time.sleep(60)", str(port))

        run = await within(body, Service("s", unlucky, ready=Line("^up$", stream="stdout")))

    first, second = run.services[0].starts
    assert (run.outcome, used) == (Outcome.SUCCEEDED, given[1:])
    assert first.output is not None
    assert "Address already in use" in first.output.stderr
    assert (first.restart_in, second.outcome) == (0.0, Outcome.SUCCEEDED)


async def test_p65_ports_are_not_tried_for_ever() -> None:
    """P65: a program that ends at once for another reason gets three more, and no restarts."""
    given: list[int] = []

    def broken(port: int) -> Command:
        given.append(port)
        return shell("echo no config >&2; exit 1")

    run = await within(nothing, Service("s", broken, ready=Port()))

    assert len(set(given)) == len(given) == 4
    assert run.job("job").cause.endswith("exit code 1 before it was ready after 3 restarts")


async def test_p65_a_socket_can_be_handed_over() -> None:
    """P65: no race where the program takes one that listens already."""
    source = """
        import socket, sys
        listening = socket.socket(fileno=int(sys.argv[1]))
        connection, _ = listening.accept()
        connection.sendall(b"hello")
    """
    with listening_socket() as held:
        taking = python(source, str(held.fd), pass_fds=(held.fd,))
        heard: list[bytes] = []

        async def body(_: RunningService) -> None:
            async with await anyio.connect_tcp("127.0.0.1", held.port) as stream:
                heard.append(await stream.receive())

        await within(body, Service("s", taking, on_death=OnDeath.TELL))

    assert heard == [b"hello"]


async def test_services_are_in_the_record_and_the_journal(tmp_path: Path) -> None:
    """P86 holds for services as well; what they print is told if they are live."""
    workflow = Workflow("w")

    async def job(context: Context) -> str:
        service = Service("s", shell("echo up; exec sleep 60"), ready=Line("up"), live=True)
        async with context.service(service):
            return await context.run(Step("x", shell("echo done"), text))

    workflow.job(job)
    events: list[Event] = []

    run = await workflow.run(hooks=[Journal(tmp_path / "journal"), events.append])

    assert Run.from_journal(tmp_path / "journal") == run
    assert [type(e).__name__ for e in events if getattr(e, "service", None) == "s"] == [
        "ServiceStarted",
        "ServiceReady",
        "ServiceEnded",
    ]
    assert any(type(e).__name__ == "OutputLines" for e in events)
    assert isinstance(next(e for e in events if isinstance(e, ServiceReady)), ServiceReady)


async def test_what_a_service_prints_is_bounded() -> None:
    """A talkative service takes no more memory than a talkative step."""
    script = "echo up; i=0; while [ $i -lt 20000 ]; do echo $i; i=$((i+1)); done; exec sleep 60"
    service = Service("s", shell(script), ready=Line("19999"), capture=Capture(keep=4000))

    run = await within(nothing, service)

    (start,) = run.services[0].starts
    assert start.output is not None
    assert "bytes cut" in start.output.stdout


async def test_a_service_can_be_had_without_a_workflow() -> None:
    """It runs within the block, is gone after it, and hooks are told."""
    told: list[Event] = []

    async with run_service(
        Service("s", shell("echo up; sleep 60"), ready=Line("up")), hooks=[told.append]
    ) as running:
        pid = running.pid
        assert pid is not None
        os.kill(pid, 0)

    await until_gone(pid)
    assert [type(event).__name__ for event in told] == [
        "ServiceStarted",
        "ServiceReady",
        "ServiceEnded",
    ]


async def test_a_service_without_a_workflow_fails_as_one_within() -> None:
    """The block is not entered when it is not ready; a hook that raises is heard."""
    with pytest.raises(ServiceFailed, match="exit code 3 before it was ready"):
        async with run_service(Service("s", shell("exit 3"), ready=Line("up"))):
            raise AssertionError

    def broken(_: Event) -> None:
        raise RuntimeError("a mistake")

    with pytest.raises(RuntimeError, match="a mistake"):
        async with run_service(Service("s", shell("sleep 60")), hooks=[broken]):
            pass
