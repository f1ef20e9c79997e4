"""Apps that are well at first: what dies within the time it is watched is found."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest
from attrs import evolve

from provision.fly.models import (
    EventRequest,
    Exit,
    ImageRef,
    Machine,
    MachineEvent,
    MachineState,
)
from provision.fly_config.duration import Duration
from provision.local.world import requests
from provision.local.world.operations import Operation
from provision.verification.observe import SeenApp
from provision.verification.stability import lapses, moments
from tests.provision.platforms import (
    FLY_TOML,
    HEAD,
    OF_DEPLOY,
    WEB,
    load_platform,
    write_platform,
)
from tests.provision.rehearsals import before_deploy, provision, tell, world_of

QUICK = ("test", "-f", "test.toml", "--local", "--settle", "0.5s")
WATCHED = HEAD + '\n[defaults]\nstable_for = "1s"\n'
SLEEPY = FLY_TOML.replace("8080", '8080\nauto_stop_machines = "suspend"')


@contextmanager
def half_a_minute_after_it_was_read_back(folder: Path) -> Iterator[None]:
    """Have thirty seconds pass in the world once the releases of an app were read."""

    def pass_time() -> None:
        with world_of(folder) as world:
            ends_at = time.monotonic() + 20
            while time.monotonic() < ends_at:
                asked = {request.operation for request in requests.list_(world)}
                if Operation.RELEASES_LIST in asked:
                    world.clock.advance(30)
                    return
                time.sleep(0.02)

    thread = Thread(target=pass_time)
    thread.start()
    try:
        yield
    finally:
        thread.join()


@pytest.mark.long
def test_f74_what_is_well_at_first_and_dies_is_not_stable(tmp_path: Path) -> None:
    """F74: exit 3, what was seen and when; what needs it is left alone."""
    write_platform(tmp_path, {"web": "", "after": 'depends_on = ["web"]'}, head=WATCHED)
    before_deploy(tmp_path, "acme-web", "acme-after")
    tell(tmp_path, "machine-dies-later", app="acme-web")

    with half_a_minute_after_it_was_read_back(tmp_path):
        found = provision(tmp_path, *QUICK)

    (error,) = found.report["errors"]
    assert (found.exit_code, error["code"], error["app"]) == (3, "NotVerified", "web")
    seen_dead = r"expected well for 1s, found stopped after exit code 1, seen \d+\.\d s after"
    assert re.search(seen_dead, error["message"])
    assert error["hint"].endswith("release it anew: --redeploy web")
    assert found.outcomes() == {"web": "failed", "after": "skipped"}
    assert found.report["apps"]["web"]["health"] == "degraded"


STARTED = MachineEvent("start", timestamp=1_000_000)
CRASH = MachineEvent("exit", timestamp=1_001_000, request=EventRequest(exit_event=Exit(1)))
AGAIN = MachineEvent("start", timestamp=1_002_000)
STOP = MachineEvent(
    "exit", timestamp=1_001_000, request=EventRequest(exit_event=Exit(requested_stop=True))
)


def seen(
    folder: Path, state: MachineState, *events: MachineEvent, config: str = FLY_TOML
) -> SeenApp:
    """One machine of the only app of a platform, as declared but for its state and events."""
    write_platform(folder, configs={"web": config})
    image = ImageRef("registry.example.net", "acme/web", "1")
    machine = Machine("1", state, "syd", image, config={"metadata": OF_DEPLOY}, events=events)
    return SeenApp(WEB, machines=[machine], at=1050)


@pytest.mark.parametrize(
    ("config", "state", "events", "observed"),
    [
        (FLY_TOML, MachineState.STARTED, (STARTED,), []),
        (FLY_TOML, MachineState.STOPPED, (CRASH, STARTED), ["stopped after exit code 1"]),
        (FLY_TOML, MachineState.STARTED, (AGAIN, CRASH, STARTED), ["exit code 1, and up again"]),
        (FLY_TOML, MachineState.STARTING, (CRASH, STARTED), ["starting after exit code 1"]),
        (FLY_TOML, MachineState.STOPPED, (STOP, STARTED), ["stopped"]),
        (SLEEPY, MachineState.SUSPENDED, (STARTED,), []),
        (SLEEPY, MachineState.SUSPENDING, (STARTED,), []),
        (SLEEPY, MachineState.STOPPED, (CRASH, STARTED), ["stopped after exit code 1"]),
    ],
)
def test_f74_what_counts_as_dying(
    tmp_path: Path,
    config: str,
    state: MachineState,
    events: tuple[MachineEvent, ...],
    observed: list[str],
) -> None:
    """F74: crashes do, also where the machine is up again; to fall asleep where it may does not."""
    before = seen(tmp_path, MachineState.STARTED, STARTED, config=config)
    now = evolve(before, machines=[evolve(before.machines[0], state=state, events=events)])
    (app,) = load_platform(tmp_path / "test.toml").apps.values()

    assert [finding.observed for finding in lapses(app, before, now)] == observed


def test_f74_a_machine_that_goes_away_counts_and_an_old_crash_does_not(tmp_path: Path) -> None:
    """F74: only what became worse since."""
    before = seen(tmp_path, MachineState.STARTED, AGAIN, CRASH, STARTED)
    (app,) = load_platform(tmp_path / "test.toml").apps.values()

    assert lapses(app, before, before) == ()
    (gone,) = lapses(app, before, evolve(before, machines=[]))
    assert (gone.where, gone.observed) == ("machines.app", "0: none")


def test_f74_machines_are_read_to_the_end_of_the_window() -> None:
    """F74: five times, though never more than once a second; not at all where none is declared."""
    assert moments(0) == ()
    assert moments(0.5) == [0.5]
    assert moments(3) == [1, 2, 3]
    assert moments(20) == [4, 8, 12, 16, 20]


def test_the_window_is_a_length_of_time(tmp_path: Path) -> None:
    """Off unless it is said."""
    platform = load_platform(write_platform(tmp_path, head=WATCHED))
    unsaid = load_platform(write_platform(tmp_path))

    assert platform.manifest.defaults.stable_for == Duration.parse("1s")
    assert unsaid.manifest.defaults.stable_for == Duration(0)
