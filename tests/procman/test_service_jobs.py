"""Cases P83 and P36: services that are jobs of their own, there for as long as others need them."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from signal import SIGINT, SIGKILL, SIGTERM
from textwrap import dedent

import anyio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from procman import (
    Command,
    Context,
    Edge,
    Event,
    Interrupts,
    Job,
    JobEnded,
    JobLogged,
    JobStarted,
    Journal,
    Line,
    Need,
    OnDeath,
    OnFailure,
    Outcome,
    Restart,
    RestartWhen,
    Run,
    RunEnded,
    RunningService,
    Service,
    ServiceEnded,
    ServiceFailed,
    ServiceJob,
    ServiceReady,
    ServiceStarted,
    Step,
    Stop,
    Workflow,
    text,
)
from procman.testing import cancel_everywhere
from tests.procman.children import is_alive, shell, until_exists, until_gone

pytestmark = pytest.mark.anyio


def outcomes(run: Run) -> dict[str, str]:
    """Every job's outcome."""
    return {job.name: job.outcome.value if job.outcome else "unknown" for job in run.jobs}


def told(events: list[Event]) -> list[str]:
    """What was told of jobs and services, in order: ``+job``, ``-job``, ``service ready``."""
    found: list[str] = []
    for event in events:
        match event:
            case JobStarted(job=job):
                found.append(f"+{job}")
            case JobEnded(job=job):
                found.append(f"-{job}")
            case ServiceStarted() | ServiceReady() | ServiceEnded():
                what = type(event).__name__.removeprefix("Service").lower()
                found.append(f"{event.service} {what}")
    return found


def up(name: str, end: str = "exec sleep 60", **options: object) -> Service:
    """A service that is ready at once; *end* is what its script does then."""
    return Service(name, shell(f"echo up; {end}"), ready=Line("up"), **options)  # type: ignore[arg-type]


async def nothing(_: Context) -> None:
    """Do nothing."""


async def fail(_: Context) -> None:
    """Fail at once."""
    raise ValueError("no")


async def wait(_: Context) -> None:
    """Wait to be ended."""
    await anyio.sleep(60)


async def test_p83_a_service_runs_as_long_as_jobs_need_it(tmp_path: Path) -> None:
    """P83: ready before them, stopped after them, gone before who needs its end."""
    workflow = Workflow("w")
    pids: list[int] = []
    seen: list[bool] = []

    async def use(context: Context) -> str:
        pids.append(context.result(service).pid)
        seen.append(is_alive(pids[0]))
        return await context.run(Step("x", shell("echo used"), text))

    async def after(_: Context) -> None:
        seen.append(is_alive(pids[0]))

    service = workflow.service(up("db"))
    user = workflow.job(use, needs=[service.ready])
    workflow.job(after, needs=[service.succeeded, service.finished])
    events: list[Event] = []

    run = await workflow.run(hooks=[events.append, Journal(tmp_path / "journal")])

    assert told(events) == [
        *("+db", "db started", "db ready", "+use", "-use", "db ended", "-db", "+after", "-after")
    ]
    assert seen == [True, False]
    assert (run.outcome, run.result(user), run.result(service).pid) == (
        Outcome.SUCCEEDED,
        "used",
        pids[0],
    )
    (record,) = run.services
    assert (record.name, record.job) == ("db", "db")
    assert Run.from_journal(tmp_path / "journal") == run


async def test_p83_services_stop_in_reverse_order_of_need() -> None:
    """P83: though the needed one would be quicker, and whatever the order they were added in."""
    workflow = Workflow("w", concurrency=1)
    slow = "trap 'sleep 0.05; exit' TERM; while :; do sleep 0.1; done"
    workflow.service(up("proxy", slow), needs=["app"])
    workflow.service(up("app", slow), needs=["db"])
    workflow.service(up("db"))
    workflow.job(nothing, name="user", needs=["proxy"])
    events: list[Event] = []

    await workflow.run(hooks=[events.append])

    assert [line for line in told(events) if line.endswith(("ready", "ended", "user"))] == [
        *("db ready", "app ready", "proxy ready", "+user", "-user"),
        *("proxy ended", "app ended", "db ended"),
    ]


async def test_p83_who_needs_its_start_does_not_wait_until_it_is_ready(tmp_path: Path) -> None:
    """P83: the job itself makes it ready."""
    workflow = Workflow("w")
    script = f"while [ ! -e {tmp_path}/flag ]; do sleep 0.01; done; echo up; exec sleep 60"

    async def make_ready(context: Context) -> None:
        assert is_alive(context.result(service).pid)
        (tmp_path / "flag").touch()

    service = workflow.service(Service("db", shell(script), ready=Line("up")))
    workflow.job(make_ready, needs=[service.started])
    workflow.job(nothing, needs=[service.ready])

    with anyio.fail_after(10):
        run = await workflow.run()

    assert run.outcome is Outcome.SUCCEEDED


async def test_p64_p83_its_death_cancels_those_who_need_it(tmp_path: Path) -> None:
    """P64, P83: also through another service; those who do not need it follow `on_failure`."""
    workflow = Workflow("w", on_failure=OnFailure.CONTINUE)

    async def let_it_die(context: Context) -> None:
        (tmp_path / "flag").touch()
        await wait(context)

    dying = f"while [ ! -e {tmp_path}/flag ]; do sleep 0.01; done; exit 4"
    db = workflow.service(up("db", dying))
    app = workflow.service(up("app"), needs=[db])
    user = workflow.job(let_it_die, name="user", needs=[app])
    stepping = workflow.job(
        lambda context: context.run(Step("x", shell("exec sleep 60"))),
        name="stepping",
        needs=[db],
    )
    workflow.job(nothing, name="late", needs=[app, user.finished])
    workflow.job(nothing, name="other")
    workflow.job(nothing, name="clean", needs=[db.finished])

    with anyio.fail_after(10):
        run = await workflow.run()

    assert outcomes(run) == {
        "db": "failed",
        "app": "cancelled",
        "user": "cancelled",
        "stepping": "cancelled",
        "late": "skipped",
        "other": "succeeded",
        "clean": "succeeded",
    }
    causes = {run.job(name).cause for name in ("app", "user", "stepping")}
    assert causes == {"service db: exit code 4"}
    assert run.job(stepping).steps[0].cause == "service db: exit code 4"
    assert run.job("late").cause == "job db failed"
    assert (run.outcome, run.cause) == (Outcome.FAILED, "job db failed")
    assert isinstance(run.error(db), ServiceFailed)


async def test_p64_p83_or_they_are_told() -> None:
    """P64, P83: with `OnDeath.TELL` they go on, those that start later too, and so does the run."""
    workflow = Workflow("w")
    found: list[str] = []

    async def hear(context: Context) -> None:
        running = context.result(service)
        with anyio.fail_after(5):
            await running.ended()
        found.append(str(running.failure).splitlines()[0])

    service = workflow.service(up("db", "sleep 0.05; exit 4", on_death=OnDeath.TELL))
    first = workflow.job(hear, name="first", needs=[service])
    workflow.job(hear, name="second", needs=[service, first])

    run = await workflow.run()

    assert outcomes(run) == {"db": "failed", "first": "succeeded", "second": "succeeded"}
    assert run.outcome is Outcome.SUCCEEDED
    assert [line.endswith("service db: exit code 4") for line in found] == [True, True]
    run.check()


@pytest.mark.parametrize("on_death", OnDeath)
async def test_p61_p83_who_never_was_ready_is_needed_in_vain(on_death: OnDeath) -> None:
    """P61, P83: its users are skipped at once, and its output is in the error."""
    workflow = Workflow("w")
    dying = Service(
        "db", shell("echo no config >&2; exit 3"), ready=Line("never"), on_death=on_death
    )
    service = workflow.service(dying)
    workflow.job(nothing, name="user", needs=[service])

    with anyio.fail_after(5):
        run = await workflow.run()

    assert outcomes(run) == {"db": "failed", "user": "skipped"}
    assert (run.job("user").cause, run.cause) == ("job db failed", "job db failed")
    assert "no config" in str(run.error(service))


async def test_p64_p83_who_needs_its_start_is_told_that_it_never_was_ready() -> None:
    """P64, P83: with `OnDeath.TELL`; the run has failed, as has any whose service is not ready."""
    workflow = Workflow("w")
    dying = Service("db", shell("sleep 0.1; exit 3"), ready=Line("up"), on_death=OnDeath.TELL)
    service = workflow.service(dying)

    async def hear(context: Context) -> str:
        await context.result(service).ended()
        await anyio.sleep(0.05)
        return str(context.result(service).failure)

    user = workflow.job(hear, needs=[service.started])

    with anyio.fail_after(10):
        run = await workflow.run()

    assert outcomes(run) == {"db": "failed", "hear": "succeeded"}
    assert "service db: exit code 3 before it was ready" in run.result(user)
    assert run.cause == "job db failed"


async def test_p83_a_service_nobody_will_use_is_not_started() -> None:
    """P83: all that need it were skipped."""
    workflow = Workflow("w")
    bad = workflow.job(fail, name="bad")
    service = workflow.service(up("db"), needs=[bad.finished])
    workflow.job(nothing, name="user", needs=[service, bad])

    run = await workflow.run()

    assert outcomes(run) == {"bad": "failed", "db": "skipped", "user": "skipped"}
    assert (run.job("db").cause, run.services) == ("nothing that needs it runs", ())


async def test_p83_a_service_is_stopped_when_nobody_will_use_it() -> None:
    """P83: though it is not ready yet: it does not keep the run waiting."""
    workflow = Workflow("w")
    service = workflow.service(Service("db", shell("exec sleep 60"), ready=Line("never")))

    async def fail_beside_it(_: Context) -> None:
        raise ValueError("no")

    bad = workflow.job(fail_beside_it, needs=[service.started])
    workflow.job(nothing, name="user", needs=[service, bad])

    with anyio.fail_after(10):
        run = await workflow.run()

    assert outcomes(run) == {"db": "succeeded", "fail_beside_it": "failed", "user": "skipped"}


async def test_p83_what_cleans_up_after_a_failure_gets_its_services() -> None:
    """P83: they are started though nothing else is."""
    workflow = Workflow("w")
    bad = workflow.job(fail, name="bad")
    service = workflow.service(up("db"), needs=[bad.finished])
    workflow.job(nothing, name="clean", needs=[bad.finished, service])

    run = await workflow.run()

    assert outcomes(run) == {"bad": "failed", "db": "succeeded", "clean": "succeeded"}


async def test_p62_p83_a_restart_is_no_death() -> None:
    """P62, P83: who needs it goes on while it comes back."""
    workflow = Workflow("w")
    restart = Restart(when=RestartWhen.ON_FAILURE, delay=0)

    async def use(context: Context) -> None:
        running = context.result(service)
        os.kill(running.pid, SIGKILL)
        with anyio.fail_after(5):
            while running.restarts == 0:
                await anyio.sleep(0.01)

    service = workflow.service(up("db", restart=restart))
    workflow.job(use, needs=[service])

    run = await workflow.run()

    assert run.outcome is Outcome.SUCCEEDED
    assert len(run.services[0].starts) == 2


async def test_p83_a_function_that_makes_no_command_is_the_failure() -> None:
    """P83: recorded for what it is; its users are skipped."""

    def broken(port: int) -> Command:
        raise LookupError(f"no config for port {port > 0}")

    workflow = Workflow("w")
    service = workflow.service(Service("db", broken))
    workflow.job(nothing, name="user", needs=[service])

    run = await workflow.run()

    assert run.job("db").cause == "LookupError: no config for port True"
    assert outcomes(run) == {"db": "failed", "user": "skipped"}


def stubborn_stack(workflow: Workflow, log: Path) -> None:
    """Two services, one needing the other, that write down when they are told to end."""
    script = "sleep 60 & trap 'echo {name} >> {log}{end}' TERM; echo up; wait; sleep 60"
    db = workflow.service(
        Service("db", shell(script.format(name="db", log=log, end="; exit")), ready=Line("up"))
    )
    stop = Stop(((SIGTERM, 60.0),))
    app = shell(script.format(name="app", log=log, end=""), stop=stop)
    workflow.service(Service("app", app, ready=Line("up")), needs=[db])


async def until_written(log: Path) -> None:
    """Return when *log* is there."""
    with anyio.fail_after(10):
        while not log.exists():
            await anyio.sleep(0.005)


async def test_p36_p83_signals_end_jobs_then_services_in_reverse_order(tmp_path: Path) -> None:
    """P36, P83: the first signal in order; the second ends at once what does not obey."""
    workflow, signals = Workflow("w"), Interrupts()
    log = tmp_path / "log"
    stubborn_stack(workflow, log)
    events: list[Event] = []

    async def user(context: Context) -> None:
        signals.receive(SIGINT)
        await context.run(Step("x", shell("exec sleep 60")))

    async def second_signal() -> None:
        await until_written(log)
        signals.receive(SIGINT)

    workflow.job(user, needs=["app"])
    workflow.job(nothing, name="after", needs=["user"])

    with anyio.fail_after(20):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(second_signal)
            run = await workflow.run(hooks=[events.append], interrupted_by=signals)

    assert outcomes(run) == {
        "db": "cancelled",
        "app": "cancelled",
        "user": "cancelled",
        "after": "skipped",
    }
    assert log.read_text().split()[0] == "app"
    ends = [line for line in told(events) if line.startswith("-") or line.endswith("ended")]
    assert ends == ["-after", "-user", "app ended", "-app", "db ended", "-db"]
    assert (run.exit_code, run.cause) == (130, "stopped by SIGINT")
    stopped = {service.name: service.starts[-1].output for service in run.services}
    assert stopped["app"] is not None
    assert "SIGKILL" in stopped["app"].signals


STOPPED = """
    import sys, anyio
    from procman import *

    LOOP = "sleep 60 & trap 'echo $0 >> $LOG; exit' TERM; echo $0 up; wait"

    def deaf(name):
        return command("sh", "-c", LOOP, name, env={"LOG": f"{sys.argv[1]}/log"})

    async def use(context):
        open(f"{sys.argv[1]}/ready", "w").write("x")
        await context.run(Step("use", deaf("step")))

    workflow = Workflow("stopped")
    db = workflow.service(Service("db", deaf("db"), ready=Line("up")))
    app = workflow.service(Service("app", deaf("app"), ready=Line("up")), needs=[db])
    workflow.job(use, needs=[app])
    run = anyio.run(
        lambda: workflow.run(hooks=[Journal(f"{sys.argv[1]}/journal")]), backend=sys.argv[2]
    )
    sys.exit(run.exit_code)
"""


async def test_p36_p83_a_program_with_services_is_stopped_in_order(
    tmp_path: Path, anyio_backend: str
) -> None:
    """P36, P83: by a real signal; the step, then the services; the journal is whole."""
    program = subprocess_of(STOPPED, str(tmp_path), anyio_backend)
    await until_exists(tmp_path / "ready")

    program.send_signal(SIGTERM)
    code = await anyio.to_thread.run_sync(program.wait)

    run = Run.from_journal(tmp_path / "journal")
    assert (code, run.exit_code) == (143, 143)
    assert outcomes(run) == dict.fromkeys(("db", "app", "use"), "cancelled")
    # The step may have been ended before it could say so.
    assert (tmp_path / "log").read_text().split()[-2:] == ["app", "db"]


def subprocess_of(source: str, *argv: str) -> subprocess.Popen[bytes]:
    """A program of its own that uses procman."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.Popen([sys.executable, "-c", dedent(source), *argv], env=environment)


async def end_by_its_limit(workflow: Workflow) -> Run | None:
    """The run's own limit."""
    workflow.timeout = 0.2
    return await workflow.run()


async def end_by_cancellation(workflow: Workflow) -> Run | None:
    """What is around the run is cancelled."""
    with anyio.move_on_after(0.2):
        return await workflow.run()
    return None


@pytest.mark.parametrize("end", [end_by_its_limit, end_by_cancellation])
async def test_p32_p83_whatever_ends_a_run_ends_its_services(
    end: Callable[[Workflow], Awaitable[Run | None]],
) -> None:
    """P32, P83: while a job uses one, and while another is not ready yet."""
    workflow = Workflow("w")
    pids: list[int] = []

    async def user(context: Context) -> None:
        pids.append(context.result(service).pid)
        await anyio.sleep(60)

    async def slow(context: Context) -> None:
        pids.append(context.result(unready).pid)
        await anyio.sleep(60)

    service = workflow.service(up("db"))
    unready = workflow.service(Service("late", shell("exec sleep 60"), ready=Line("never")))
    workflow.job(user, needs=[service])
    workflow.job(slow, needs=[unready.started])
    workflow.job(nothing, name="never", needs=[unready])

    with anyio.move_on_after(10) as patience:
        await end(workflow)

    assert len(pids) == 2
    assert not patience.cancel_called
    await until_gone(*pids)


@pytest.mark.parametrize("end", [end_by_its_limit, end_by_cancellation])
async def test_p32_p83_a_run_ends_while_nothing_but_a_service_starts(
    end: Callable[[Workflow], Awaitable[Run | None]],
) -> None:
    """P32, P83: no job runs that could be cancelled; those that wait for it are given up."""
    workflow = Workflow("w")
    unready = workflow.service(Service("s", shell("exec sleep 60"), ready=Line("never")))
    workflow.job(nothing, name="user", needs=[unready])

    with anyio.move_on_after(10) as patience:
        await end(workflow)

    assert not patience.cancel_called


async def test_p32_p83_a_run_that_is_cancelled_already_starts_nothing() -> None:
    """P32, P83: neither a service nor a job."""
    workflow = Workflow("w")
    service = workflow.service(up("db"))
    workflow.job(nothing, name="user", needs=[service])
    workflow.job(nothing, name="other")
    events: list[Event] = []

    with anyio.CancelScope() as scope:
        scope.cancel()
        await workflow.run(hooks=[events.append])

    assert told(events) == ["-db", "-user", "-other"]
    assert isinstance(events[-1], RunEnded)
    assert events[-1].outcome is Outcome.CANCELLED


async def test_p87_p83_cancelled_at_any_await_nothing_is_left_of_services() -> None:
    """P87, P83: while they start, are ready, are used, and are stopped."""

    def make() -> Workflow:
        workflow = Workflow("w")
        db = workflow.service(up("db"))
        app = workflow.service(up("app"), needs=[db])

        async def use(context: Context) -> None:
            context.result(app)
            await context.run(Step("x", shell("true")))

        user = workflow.job(use, needs=[app])
        workflow.job(nothing, name="after", needs=[user, app.finished])
        return workflow

    assert await cancel_everywhere(make) > 5


async def test_p58_p83_a_hook_that_raises_ends_services_too() -> None:
    """P58, P83: with its error; the service is gone."""
    workflow = Workflow("w")
    pids: list[int] = []

    async def user(context: Context) -> None:
        pids.append(context.result(service).pid)
        context.log("x")
        await anyio.sleep(60)

    def broken(event: Event) -> None:
        if isinstance(event, JobLogged):
            raise OSError("no space left")

    events: list[Event] = []
    service = workflow.service(up("db"))
    workflow.job(user, needs=[service])

    with anyio.fail_after(10), pytest.raises(OSError, match="no space left"):
        await workflow.run(hooks=[broken, events.append])

    assert told(events)[-4:] == ["+user", "-user", "db ended", "-db"]
    assert isinstance(events[-1], RunEnded)
    await until_gone(*pids)


async def test_a_service_without_a_port_says_how_to_get_one() -> None:
    """Asked for one it was not given, it says what is missing."""
    workflow = Workflow("w")
    found: list[RunningService] = []
    service = workflow.service(up("db"))

    async def user(context: Context) -> None:
        found.append(context.result(service))

    workflow.job(user, needs=[service])

    await workflow.run()

    assert found[0].name == "db"
    with pytest.raises(ValueError, match="service db is given no port"):
        _ = found[0].port


SCRIPTS = {
    "steady": "echo up; exec sleep 60",
    "mortal": "echo up; sleep 0.02; exit 4",
    "stillborn": "exit 3",
    "slow": "sleep 0.03; echo up; exec sleep 60",
}


def random_workflow(chance: random.Random) -> Workflow:
    """Services that need one another, and jobs that need them; some die, some fail."""
    workflow = Workflow(
        "w", on_failure=chance.choice(list(OnFailure)), concurrency=chance.choice([None, 1])
    )
    services: list[ServiceJob] = []
    for number in range(3):
        script = chance.choice([*SCRIPTS] + ["steady"] * 3)
        service = Service(
            f"service{number}",
            shell(SCRIPTS[script]),
            ready=Line("up"),
            on_death=chance.choice(list(OnDeath)),
        )
        needs = [other.ready for other in services if chance.random() < 0.4]
        services.append(workflow.service(service, needs=needs))
    jobs: list[Job[None]] = []
    for number in range(5):
        edges = [chance.choice([each.ready, each.started]) for each in services]
        needed: list[Need] = [edge for edge in edges if chance.random() < 0.4]
        needed += [
            chance.choice([job.succeeded, job.finished]) for job in jobs if chance.random() < 0.2
        ]
        seconds, fails = chance.choice([0, 0.01, 0.05]), chance.random() < 0.2

        async def job(_: Context, seconds: float = seconds, *, fails: bool = fails) -> None:
            await anyio.sleep(seconds)
            if fails:
                raise ValueError("no")

        jobs.append(workflow.job(job, name=f"job{number}", needs=needed))
    workflow.job(nothing, name="last", needs=[service.started for service in services])
    return workflow


@given(st.integers(0, 1_000_000), st.sampled_from(["asyncio", "trio"]))
@settings(max_examples=20)
def test_p57_p83_services_are_there_while_needed_whatever_happens(seed: int, backend: str) -> None:
    """P57, P83: random needs, deaths, failures and cancellations; in the order of the events."""
    chance = random.Random(seed)
    workflow = random_workflow(chance)
    after = chance.choice([0.005, 0.03, 9])
    events: list[Event] = []

    async def main() -> None:
        with anyio.move_on_after(after):
            await workflow.run(hooks=[events.append], interrupted_by=Interrupts())

    anyio.run(main, backend=backend)

    assert isinstance(events[-1], RunEnded)
    ends = [event.job for event in events if isinstance(event, JobEnded)]
    assert sorted(ends) == sorted(job.name for job in workflow.jobs)
    started = [(e.id, e.number) for e in events if isinstance(e, ServiceStarted)]
    ended = [(e.id, e.number) for e in events if isinstance(e, ServiceEnded)]
    assert sorted(started) == sorted(ended)
    for service in workflow.jobs:
        if isinstance(service, ServiceJob):
            check_service(service, workflow, events)


def check_service(service: ServiceJob, workflow: Workflow, events: list[Event]) -> None:
    """See that *service* was there for those who need it, and stopped after them."""
    held = {
        job.name: need.edge
        for job in workflow.jobs
        for need in job.needs
        if need.job is service and need.edge in (Edge.STARTED, Edge.READY)
    }
    reached: set[Edge] = set()
    using: set[str] = set()
    for event in events:
        match event:
            case ServiceStarted(service=name) if name == service.name:
                reached.add(Edge.STARTED)
            case ServiceReady(service=name) if name == service.name:
                reached.add(Edge.READY)
            case JobStarted(job=name) if name in held:
                assert held[name] in reached
                using.add(name)
            case JobEnded(job=name) if name in held:
                using.discard(name)
            case ServiceEnded(service=name, cause=cause) if name == service.name:
                was_stopped = not cause
                assert not (was_stopped and using)
