"""Case P66, recorders: a real run becomes a script, and a test of one's own workflow."""

from __future__ import annotations

import re
from pathlib import Path

import anyio
import pytest

from procman import (
    Capture,
    CommandFailed,
    Context,
    Line,
    Retry,
    RunEnded,
    Secret,
    Service,
    Step,
    StepTimedOut,
    Workflow,
    command,
    lines,
    run_step,
)
from procman.testing import EventRecorder, Order, Script, ScriptRecorder, answer, expect
from procman.testing.pytest_plugin import Scripted

pytestmark = pytest.mark.anyio

TOOL = """\
#!/bin/sh
case $1 in
    list) echo web; echo db ;;
    login) read -r token; echo "hello $token $2" >&2 ;;
    flaky) [ -e "$0.was" ] || { : > "$0.was"; echo busy >&2; exit 75; }; echo done ;;
    crash) kill -s ABRT $$ ;;
    hang) echo hanging; exec sleep 60 ;;
    serve) echo up; exec sleep 60 ;;
esac
"""


@pytest.fixture
def tool(tmp_path: Path) -> Path:
    """A real program."""
    path = tmp_path / "tool"
    path.write_text(TOOL)
    path.chmod(0o755)
    return path


async def use(context: Context, tool: str) -> tuple[str, ...]:
    """What one's own workflow does."""
    token = Secret("hunter2")
    busy = Retry(on=CommandFailed, attempts=2, delay=0)
    await context.run(Step("login", command(tool, "login", "--as=hunter2", stdin=token)))
    await context.run(Step("flaky", command(tool, "flaky"), retry=busy))
    found = await context.run(Step("list", command(tool, "list"), lines))
    with pytest.raises(CommandFailed, match="SIGABRT"):
        await context.run(Step("crash", command(tool, "crash")))
    with pytest.raises(StepTimedOut):
        await context.run(Step("hang", command(tool, "hang"), timeout=0.15))
    async with context.service(Service("s", command(tool, "serve"), ready=Line("up"))):
        pass
    return found


async def test_p66_a_real_run_becomes_a_script(tool: Path, scripted: Scripted) -> None:
    """P66: redacted; played again, the same comes of it."""
    recorder = ScriptRecorder()
    workflow = Workflow("w")
    workflow.job(lambda context: use(context, str(tool)), name="job")
    (await workflow.run(hooks=[recorder])).check()

    script = recorder.script("tool")
    played = scripted("tool", script)
    again = Workflow("w")
    repeated = again.job(lambda context: use(context, str(played.path)), name="job")
    run = await again.run()

    run.check()
    assert run.result(repeated) == ("web", "db")
    assert "hunter2" not in script.to_json()
    assert script.calls[:4] == (
        expect("login", None, answer=answer("", "hello [redacted] --as=[redacted]\n").reading()),
        expect("flaky", answer=answer("", "busy\n", exit_code=75)),
        expect("flaky", answer=answer("done\n")),
        expect("list", answer=answer("web\ndb\n")),
    )
    assert played.calls[0].stdin == b"hunter2"


async def test_p66_a_script_has_its_calls_in_the_order_they_began(tool: Path) -> None:
    """P66: not in that of their ends; programs are kept apart."""
    recorder = ScriptRecorder()

    async def both(context: Context) -> None:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(context.run, Step("slow", command("sh", "-c", "sleep 0.1; echo a")))
            await anyio.sleep(0.05)
            await context.run(Step("list", command(tool, "list")))
            await context.run(Step("fast", command("sh", "-c", "echo b")))

    workflow = Workflow("w")
    workflow.job(both)
    (await workflow.run(hooks=[recorder])).check()

    assert recorder.programs == ("sh", "tool")
    assert recorder.script("sh", order=Order.ANY) == Script(
        [
            expect("-c", "sleep 0.1; echo a", answer=answer("a\n")),
            expect("-c", "echo b", answer=answer("b\n")),
        ],
        Order.ANY,
    )


async def test_a_script_that_would_not_be_whole_is_refused() -> None:
    """What was printed and not kept cannot be played; nor what never ran."""
    recorder = ScriptRecorder()
    step = Step("seq", command("seq", "9999"), capture=Capture(keep=100))

    await run_step(step, hooks=[recorder])

    with pytest.raises(ValueError, match=r"seq 9999: \d+ bytes of what it printed were not kept"):
        recorder.script("seq")
    with pytest.raises(ValueError, match=re.escape("tool never ran; there ran: seq")):
        recorder.script("tool")


async def test_events_are_kept_by_a_fixture(events: EventRecorder) -> None:
    """All of them, by name, or those of a kind."""
    await run_step(Step("x", command("true")), hooks=[events])

    (ended,) = events.of(RunEnded)
    assert ended is events.all[-1]
    assert events.names == [
        "RunStarted",
        "JobStarted",
        "StepStarted",
        "AttemptStarted",
        "AttemptEnded",
        "StepEnded",
        "JobEnded",
        "RunEnded",
    ]


PASSES = """
    import subprocess
    from procman.testing import answer, expect

    def test_good(scripted):
        scripted("tool", [expect("list", answer=answer("web"))])
        assert subprocess.check_output(["tool", "list"]) == b"web"

    def test_bad(scripted):
        scripted("tool", [expect("list"), expect("show", "web")])
        subprocess.run(["tool", "list"])

    def test_events(events):
        assert events.all == []
"""


def test_the_plugin_fails_a_test_that_does_not_follow_its_script(pytester: pytest.Pytester) -> None:
    """P66: what never came is an error of the test, though its own assertions hold."""
    pytester.makepyfile(PASSES)

    result = pytester.runpytest_inprocess("-p", "procman.testing.pytest_plugin")

    result.assert_outcomes(passed=3, errors=1)
    result.stdout.fnmatch_lines(["*ScriptNotFollowed: never called: tool show web"])
