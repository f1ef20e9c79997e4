"""Probes: apps that are asked, what they answer, and what sleeps and is woken by it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from attrs import evolve

from procman import Context, Secret, Workflow
from provision.curl import Answer, Curl, CurlMissing
from provision.fly.client import Fly
from provision.fly.models import (
    EventRequest,
    Exit,
    ImageRef,
    Machine,
    MachineEvent,
    MachineState,
)
from provision.local.launcher import write_curl
from provision.local.world import actions, faults, machines
from provision.probe import ProbeOutcome, first_try, outcome_of
from provision.session import Session
from provision.verification.answering import asked
from provision.verification.observe import SeenApp
from tests.provision.platforms import OF_DEPLOY, WEB, load_platform, write_public
from tests.provision.rehearsals import (
    all_is_well,
    as_declared,
    blocks,
    provision,
    said,
    tell,
    world_of,
)

QUICK = ("test", "-f", "test.toml", "--local", "--settle", "0.3s")
PROBE = 'path = "/healthz", timeout = "0.3s"'
URL = "https://acme-web.fly.dev/healthz"


def suspend_all(folder: Path) -> None:
    """Have every machine of the app asleep."""
    with world_of(folder) as world:
        world.clock.advance(1)
        for machine in machines.list_(world, "acme-web"):
            actions.suspend(world, "acme-web", machine.id)
        world.clock.advance(1)


# F72


@pytest.mark.long
def test_f72_machines_that_sleep_are_woken_by_the_probe_and_judged(tmp_path: Path) -> None:
    """F72: unproven while nobody may wake them; then by what they answer, never the real curl's."""
    write_public(tmp_path, PROBE)
    as_declared(tmp_path)
    suspend_all(tmp_path)
    path = {"PATH": f"{trap(tmp_path)}:/usr/bin:/bin"}

    left = provision(tmp_path, "verify", *QUICK, "--no-wake", **path)
    woken = provision(tmp_path, "verify", *QUICK, **path)
    suspend_all(tmp_path)
    tell(tmp_path, "app-answers-503")
    ill = provision(tmp_path, "verify", *QUICK, **path)

    app = left.report["apps"]["web"]
    assert (left.exit_code, app["health"], "probe" in app) == (0, "idle", False)
    assert [finding["code"] for finding in left.report["unproven"]] == ["asleep"]
    assert not any("--max-time" in command for command in left.commands())

    app = woken.report["apps"]["web"]
    assert (woken.exit_code, app["health"], woken.report["unproven"]) == (0, "healthy", [])
    assert app["probe"].pop("ms") > 0
    rest = {"outcome": "answered", "status": 200, "tries": 1, "woke": True}
    assert app["probe"] == {"url": URL, **rest}
    assert (woken.writes(), woken.changed()) == ([], [])

    app = ill.report["apps"]["web"]
    assert (ill.exit_code, app["health"], app["sync"]) == (3, "degraded", "synced")
    assert (app["probe"]["outcome"], app["probe"]["woke"]) == ("server_error", True)
    (finding,) = ill.report["findings"]
    assert (finding["code"], finding["hint"]) == ("probe", "see why it fails: fly logs -a acme-web")

    assert not (tmp_path / "called").exists()


def trap(folder: Path) -> Path:
    """A folder with a curl that leaves a trace when it is called."""
    (folder / "trap").mkdir()
    curl = folder / "trap" / "curl"
    curl.write_text(f"#!/bin/sh\ntouch {folder}/called\n")
    curl.chmod(0o755)
    return folder / "trap"


@pytest.mark.long
def test_f72_a_probe_proves_what_must_be_proven(tmp_path: Path) -> None:
    """F72: who sleeps is asked before that is judged; not asked, it is exit 3."""
    path = write_public(tmp_path, PROBE)
    path.write_text(path.read_text() + 'checks = "required"\n')
    as_declared(tmp_path)
    suspend_all(tmp_path)

    woken = provision(tmp_path, *QUICK)
    suspend_all(tmp_path)
    left = provision(tmp_path, "verify", *QUICK, "--no-wake")

    app = woken.report["apps"]["web"]
    assert (woken.exit_code, app["health"], app["probe"]["woke"]) == (0, "healthy", True)
    assert (left.exit_code, left.report["apps"]["web"]["health"]) == (3, "unknown")
    (finding,) = left.report["findings"]
    assert (finding["code"], finding["hint"]) == ("unchecked", "leave out --no-wake")
    assert "its probe was not used" in finding["observed"]


# F78


@pytest.mark.long
def test_f78_a_probe_that_fails_is_not_verified(tmp_path: Path) -> None:
    """F78: exit 3 with outcome, URL, tries and what next; what is ready later is asked again."""
    write_public(tmp_path, PROBE, after='depends_on = ["web"]')
    as_declared(tmp_path)
    tell(tmp_path, "tls-pending")

    code, text, _ = said(tmp_path, *QUICK, "--output", "text")
    path = write_public(tmp_path, PROBE.replace("0.3s", "20s"), after='depends_on = ["web"]')
    path.write_text(path.read_text() + '\n[defaults]\nstable_for = "1m"\n')
    all_is_well(tmp_path)
    tell(tmp_path, "dns-ready-later")
    again = provision(tmp_path, *QUICK)

    seen, _, wrong, _ = blocks(text)
    assert code == 3
    assert [line.split()[1] for line in seen] == ["failed", "skipped"]
    assert seen[0].endswith("app started; tls")
    (error,) = [line for line in wrong if line.startswith("error: ")]
    assert f"probe: expected status 200 from {URL}, found tls: OpenSSL" in error
    assert re.search(r"\(\d+ tr(y|ies) in \d+\.\d s\)", error)
    assert any("hint: " in line and "fly certs list -a acme-web" in line for line in wrong)

    assert again.exit_code == 0, again.stderr
    answered = again.report["apps"]["web"]["probe"]
    assert (answered["outcome"], answered["tries"]) == ("answered", 3)
    assert len([c for c in again.commands() if "--max-time" in c]) == 3
    assert "web: probe: not_resolved, asked again" in again.stderr
    # F74: of what was left as it was nothing is watched.
    assert again.writes() == []
    assert again.report["run"]["duration_ms"] < 60_000


SCENARIOS = [
    ("dns-not-ready", ProbeOutcome.NOT_RESOLVED, None),
    ("tls-pending", ProbeOutcome.TLS, None),
    ("app-answers-503", ProbeOutcome.SERVER_ERROR, 503),
    ("redirect-loop", ProbeOutcome.REDIRECT_LOOP, 301),
    ("app-never-answers", ProbeOutcome.TIMED_OUT, None),
    ("", ProbeOutcome.ANSWERED, 200),
]


async def seen_after(folder: Path, seen: SeenApp, curl: Curl | None) -> SeenApp:
    """*seen*, once the app of the platform in *folder* was asked."""
    platform = load_platform(folder / "test.toml")
    session = Session(platform, Fly("fly", Secret(""), folder), curl=curl, wakes=False)
    workflow = Workflow("probe")

    async def ask(context: Context) -> SeenApp:
        return await asked(context, session, platform.apps["web"], seen)

    job = workflow.job(ask)
    return (await workflow.run()).result(job)


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_f78_each_way_to_fail_has_an_outcome_of_its_own(tmp_path: Path) -> None:
    """F78: not as "the probe failed"; to wake nobody keeps nobody from asking who is awake."""
    write_public(tmp_path, PROBE.replace("0.3s", "0.05s"))
    as_declared(tmp_path)
    with world_of(tmp_path) as world:
        curl = Curl(str(write_curl(Path(world.path), tmp_path)))
        world.clock.run_at(0)
        for scenario, outcome, status in SCENARIOS:
            faults.clear(world)
            if scenario:
                faults.tell(world, scenario, app="acme-web")

            found = (await seen_after(tmp_path, SeenApp(WEB), curl)).probed

            assert found is not None
            assert (scenario, found.outcome, found.status) == (scenario, outcome, status)
            assert (found.url, found.tries, found.is_well) == (URL, 1, not scenario)


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_a_machine_that_must_not_sleep_is_not_woken_to_look_well(tmp_path: Path) -> None:
    """Nor is one that crashed: both are judged as they are, and nobody is asked."""
    path = write_public(tmp_path, PROBE)
    crash = MachineEvent("exit", request=EventRequest(exit_event=Exit(1)))
    stopped = Machine("1", MachineState.STOPPED, "syd", ImageRef(), config={"metadata": OF_DEPLOY})
    crashed = SeenApp(WEB, machines=[evolve(stopped, events=(crash,))])

    assert await seen_after(tmp_path, crashed, None) == crashed
    path.write_text(path.read_text() + 'expect_state = "running"\n')
    down = SeenApp(WEB, machines=[stopped])
    assert await seen_after(tmp_path, down, None) == down


def answer(exitcode: int, status: int = 0, url: str = URL) -> Answer:
    return Answer(exitcode, status, url, 0.1, None)


@pytest.mark.parametrize(
    ("found", "outcome"),
    [
        (answer(0, 200), ProbeOutcome.ANSWERED),
        (answer(0, 204), ProbeOutcome.OTHER_STATUS),
        (answer(0, 404), ProbeOutcome.OTHER_STATUS),
        (answer(0, 502), ProbeOutcome.SERVER_ERROR),
        (answer(0, 200, "https://login.example.com/"), ProbeOutcome.LED_AWAY),
        (answer(0, 200, "https://acme-web.fly.dev/elsewhere"), ProbeOutcome.ANSWERED),
        (answer(1, 302, "http://acme-web.fly.dev/"), ProbeOutcome.LED_AWAY),
        (answer(6), ProbeOutcome.NOT_RESOLVED),
        (answer(7), ProbeOutcome.REFUSED),
        (answer(28), ProbeOutcome.TIMED_OUT),
        (answer(35), ProbeOutcome.TLS),
        (answer(47, 302), ProbeOutcome.REDIRECT_LOOP),
        (answer(51), ProbeOutcome.TLS),
        (answer(52), ProbeOutcome.CUT_OFF),
        (answer(60), ProbeOutcome.TLS),
    ],
)
def test_f78_outcomes_are_told_apart(found: Answer, outcome: ProbeOutcome) -> None:
    """F78: by curl's exit code, then by who answered, then by the status."""
    assert outcome_of(found, URL, 200) is outcome


def test_without_a_curl_nobody_else_is_called(tmp_path: Path) -> None:
    """A session that was given none has none: the curl of the machine is never taken for it."""
    platform = load_platform(write_public(tmp_path, PROBE))
    declared = platform.apps["web"].declared.probe
    assert declared is not None

    with pytest.raises(CurlMissing):
        first_try(
            Session(platform, Fly("fly", Secret(""), tmp_path)), platform.apps["web"], declared
        )


def test_f11_a_dry_run_shows_the_probe_and_needs_no_curl(tmp_path: Path) -> None:
    """F11: it stands behind what makes the app, with when it ends."""
    write_public(tmp_path, PROBE)

    found = provision(tmp_path, "test", "-f", "test.toml", "--dry-run", PATH="/nowhere")

    shown = [(s["id"], s["when"]) for s in found.report["steps"] if "curl" in s["command"]]
    assert found.exit_code == 0
    assert shown == [("apps.web.curl.get", "until it answers as declared")]


@pytest.mark.long
def test_a_probe_that_nobody_can_make_is_told_before_anything_is_done(tmp_path: Path) -> None:
    """Exit 5, beside what else is missing; the doctor says the same. Without a probe none is."""
    fly = write_curl(tmp_path / "world.db", tmp_path).rename(tmp_path / "flyctl")
    live = ("test", "-f", "test.toml", "--flyctl", str(fly), "--allow-flyctl")
    write_public(tmp_path, PROBE)
    bare = {"PATH": "/nowhere", "FLY_API_TOKEN": "x"}

    found = provision(tmp_path, *live, **bare)
    examined = provision(tmp_path, "doctor", *live, "--output", "json", **bare)
    write_public(tmp_path, "")
    unneeded = provision(tmp_path, *live, **bare)

    (error,) = found.report["errors"]
    assert (found.exit_code, error["code"], found.report["steps"]) == (5, "CurlMissing", [])
    assert "no curl on PATH" in error["message"]
    assert error["hint"].startswith("install curl 7.75.0 or newer")
    (told,) = [each for each in examined.report["examined"] if each["name"] == "curl"]
    assert (examined.exit_code, told["verdict"]) == (5, "bad")
    assert "CurlMissing" not in str(unneeded.report["errors"])
