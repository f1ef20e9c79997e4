"""
Case P67: what type checkers make of code that uses procman, without a cast in it.

Not run: mypy checks it with all else, and pyright, both strictly (`nox -s check`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, assert_type

from attrs import frozen

from procman import (
    AttemptEnded,
    CommandFailed,
    Context,
    Diagnostic,
    Event,
    Job,
    Line,
    Need,
    Output,
    OutputSummary,
    Port,
    Run,
    RunningService,
    Service,
    ServiceJob,
    Step,
    StepError,
    Workflow,
    command,
    json_as,
    json_lines_as,
    lines,
    nothing,
    run_service,
    run_step,
    text,
)


@frozen
class App:
    """What some command prints as JSON."""

    name: str
    machines: tuple[str, ...] = ()


# Steps take their type from their parser, and yield the output without one.
assert_type(Step("true", command("true")), Step[Output])
assert_type(Step("date", command("date"), text), Step[str])
assert_type(Step("ls", command("ls"), lines), Step[tuple[str, ...]])
assert_type(Step("quiet", command("true"), nothing), Step[None])
assert_type(Step("apps", command("fly", "apps"), json_as(list[App])), Step[list[App]])
assert_type(Step("stream", command("x"), json_lines_as(App)), Step[tuple[App, ...]])
assert_type(Step("size", command("wc"), lambda output: len(output.stdout)), Step[int])


def size(output: Output) -> int:
    """A parser of one's own."""
    return len(output.stdout)


def show(app: str) -> Step[App]:
    """A step that is made by a function, as most are."""
    return Step(
        "show",
        command("fly", "status", "--app", app),
        json_as(App),
        timeout=10,
        diagnose=[Step("logs", command("fly", "logs"), lines), Diagnostic(of)],
    )


def of(pid: int) -> Step[str]:
    """A diagnostic that is told whom to ask."""
    return Step("stack", command("py-spy", "dump", "--pid", str(pid)), text)


workflow = Workflow("release", requires=["fly>=0.3", "psql"])


async def save(context: Context) -> Path:
    """A job that returns something."""
    assert_type(await context.run(Step("dump", command("pg_dump"), size)), int)
    return Path("backup.dump")


async def migrate(context: Context) -> None:
    """A job that reads what others returned, and uses a service."""
    assert_type(context.result(saved), Path)
    running = context.result(db)
    assert_type(running, RunningService)
    assert_type(running.port, int)
    assert_type(running.pid, int)
    assert_type(await context.run(show("shop")), App)
    async with context.service(Service("proxy", command("proxy"), ready=Line("up"))) as proxy:
        assert_type(proxy, RunningService)


async def clean(context: Context) -> list[App]:
    """A job that runs whatever became of others."""
    return [await context.run(show("shop"))]


def database(port: int) -> Service:
    """A service that is made by a function."""
    return Service("db", command("postgres", "-p", str(port)), ready=Port(port))


db = workflow.service(database(5432))
saved = workflow.job(save, needs=[db])
migrated = workflow.job(migrate, needs=[saved, db.ready, "audit"], timeout=600)
cleaned = workflow.job(clean, needs=[migrated.finished, saved.succeeded, db.started])
told = workflow.job(lambda context: context.run(show("shop")), name="told", needs=[cleaned])

assert_type(db, ServiceJob)
assert_type(saved, Job[Path])
assert_type(migrated, Job[None])
assert_type(cleaned, Job[list[App]])
assert_type(told, Job[App])
assert_type(db.ready, Need)
assert_type(saved.finished, Need)


def hook(event: Event) -> None:
    """Events are told apart by their classes."""
    if isinstance(event, AttemptEnded):
        assert_type(event.output, OutputSummary | None)


async def main() -> None:
    """Results, by the handles they belong to."""
    run = await workflow.run(hooks=[hook])
    assert_type(run, Run)
    assert_type(run.result(saved), Path)
    assert_type(run.result(cleaned), list[App])
    assert_type(run.result(db), RunningService)
    assert_type(run.error(saved), BaseException | None)
    assert_type(await run_step(show("shop")), App)
    async with run_service(database(5432)) as running:
        assert_type(running.failure, Exception | None)
    try:
        await run_step(Step("true", command("true")))
    except CommandFailed as error:
        assert_type(error.output, Output)
    except StepError as error:
        assert_type(error.output, Output | None)


def any_job(job: Job[Any]) -> Job[object]:
    """What a job returns is only ever read: a job of something is a job of an object."""
    return job


assert_type(any_job(saved), Job[object])


async def refused(context: Context, run: Run) -> None:
    """What is a mistake is told as one: an ignore without need is an error, too."""
    _ = saved.ready  # type: ignore[attr-defined]
    workflow.job(save, needs=[save])  # type: ignore[list-item]
    workflow.job(size)  # type: ignore[arg-type]
    context.result("saved")  # type: ignore[arg-type]
    await context.run(command("true"))  # type: ignore[arg-type]
    number: int = run.result(saved)  # type: ignore[assignment]
    del number
