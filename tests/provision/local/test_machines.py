"""Machines of the local Fly: what happens to them, and when it can be seen."""

from __future__ import annotations

import pytest

from provision.local.world import World, actions, apps, faults, leases, machines
from provision.local.world.refusals import (
    Invalid,
    LeaseHeld,
    LeaseNotFound,
    MachineNotFound,
    Malformed,
    Precondition,
    WaitedTooLong,
)

CHECKED = {"image": "nginx:1", "checks": {"up": {"type": "tcp", "port": 80}}}


@pytest.fixture
def web(world: World) -> str:
    """An app, in a world where time only passes when it is told to."""
    world.clock.run_at(1e-9)
    return apps.create(world, "web", organization="personal").name


def _state(world: World, machine: str) -> str:
    return machines.show(world, "web", machine).state


def test_a_machine_is_created_then_starting_then_started(world: World, web: str) -> None:
    """Each state can be seen."""
    machine, _ = machines.create(world, web, {"image": "nginx"}, region="ams")
    states = [machine.state]

    for seconds in (0.02, 0.06):
        world.clock.advance(seconds)
        states.append(_state(world, machine.id))

    assert states == ["creating", "starting", "started"]


def test_a_start_looks_old_enough_for_flyctl(world: World, web: str) -> None:
    """Its event is dated back more than ten seconds, newest first."""
    machine, _ = machines.create(world, web, {"image": "nginx"}, region="ams")
    world.clock.advance(1)

    events = machines.events_of(world, machines.show(world, web, machine.id))

    assert [(each.type, each.status) for each in events] == [
        ("start", "started"),
        ("start", "starting"),
        ("launch", "created"),
    ]
    assert world.clock.now() - events[0].timestamp > 10_000


def test_an_update_replaces_a_machine_in_place(world: World, web: str) -> None:
    """It has another instance, and is not started before the new one is."""
    machine, _ = machines.create(world, web, {"image": "nginx:1"}, region="ams")
    world.clock.advance(1)

    updated = machines.update(world, web, machine.id, {"image": "nginx:2"})
    world.clock.advance(1)
    after = machines.show(world, web, machine.id)

    assert (updated.state, after.state) == ("replacing", "started")
    assert updated.id == machine.id
    assert updated.instance_id > machine.instance_id
    assert after.image.tag == "2"


def test_a_machine_that_rests_can_be_updated_at_rest(world: World, web: str) -> None:
    """With skip_launch it keeps its state."""
    machine, _ = machines.create(world, web, {"image": "nginx:1"}, region="ams")
    world.clock.advance(1)
    actions.stop(world, web, machine.id)
    world.clock.advance(1)

    updated = machines.update(world, web, machine.id, {"image": "nginx:2"}, skip_launch=True)

    assert (updated.state, updated.image.tag) == ("stopped", "2")


def test_a_lease_keeps_others_off(world: World, web: str) -> None:
    """Until it expires; its nonce is what proves it."""
    machine, lease = machines.create(world, web, {"image": "nginx"}, region="ams", lease_seconds=13)
    assert lease is not None
    world.clock.advance(1)

    with pytest.raises(LeaseHeld, match=r"lease currently held by dev@example.com, expires at"):
        actions.stop(world, web, machine.id, nonce="other")
    with pytest.raises(LeaseHeld):
        leases.acquire(world, machine.id, seconds=13)
    prolonged = leases.acquire(world, machine.id, seconds=13, nonce=lease.nonce)
    world.clock.advance(14)
    taken = leases.acquire(world, machine.id, seconds=13)

    assert prolonged.nonce == lease.nonce != taken.nonce


def test_an_old_nonce_is_no_harm_once_the_lease_is_gone(world: World, web: str) -> None:
    """flyctl sends one when it destroys a canary."""
    machine, lease = machines.create(world, web, {"image": "nginx"}, region="ams", lease_seconds=13)
    assert lease is not None
    leases.release(world, machine.id, lease.nonce)

    actions.destroy(world, web, machine.id, kill=True, nonce=lease.nonce)

    with pytest.raises(LeaseNotFound):
        leases.release(world, machine.id, lease.nonce)


def test_a_destroyed_machine_is_out_of_lists_and_can_be_asked_for(world: World, web: str) -> None:
    """First it is seen on its way out."""
    machine, _ = machines.create(world, web, {"image": "nginx"}, region="ams")
    world.clock.advance(1)
    actions.destroy(world, web, machine.id, kill=True)
    going = [each.state for each in machines.list_(world, web)]
    world.clock.advance(1)

    assert going == ["destroying"]
    assert machines.list_(world, web) == ()
    assert _state(world, machine.id) == "destroyed"
    with pytest.raises(Precondition, match="is destroyed"):
        actions.start(world, web, machine.id)


def test_a_running_machine_is_only_destroyed_by_force(world: World, web: str) -> None:
    """At rest it needs none."""
    machine, _ = machines.create(world, web, {"image": "nginx"}, region="ams")
    world.clock.advance(1)

    with pytest.raises(Precondition, match="unable to destroy"):
        actions.destroy(world, web, machine.id, kill=False)
    actions.suspend(world, web, machine.id)
    world.clock.advance(1)
    actions.destroy(world, web, machine.id, kill=False)

    assert _state(world, machine.id) == "destroying"


def test_waiting_ends_when_the_state_is_there(world: World, web: str) -> None:
    """Or with what the machine does instead."""
    world.clock.run_at(1)
    machine, _ = machines.create(world, web, {"image": "nginx"}, region="ams")

    actions.wait(world, web, machine.id, "started", seconds=5)
    actions.wait(world, web, machine.id, "settled", seconds=5)

    with pytest.raises(WaitedTooLong, match="desired state, stopped, currently started"):
        actions.wait(world, web, machine.id, "stopped", seconds=0.01)
    with pytest.raises(Malformed, match="unsupported state 'sleeping'"):
        actions.wait(world, web, machine.id, "sleeping", seconds=1)


def test_nobody_waits_for_a_machine_that_is_gone(world: World, web: str) -> None:
    """A release command that ended quickly is not found, rather than late."""
    machine, _ = machines.create(world, web, {"image": "nginx"}, region="ams")
    actions.destroy(world, web, machine.id, kill=True)
    world.clock.advance(1)

    actions.wait(world, web, machine.id, "destroyed", seconds=1)
    with pytest.raises(MachineNotFound):
        actions.wait(world, web, machine.id, "started", seconds=1)


def test_a_machine_that_was_never_launched_counts_as_stopped(world: World, web: str) -> None:
    """A release command is waited for in this way."""
    machine, _ = machines.create(world, web, {"image": "nginx"}, region="ams", skip_launch=True)

    actions.wait(world, web, machine.id, "stopped", seconds=0)

    assert machine.state == "created"


def test_checks_have_no_result_before_they_ran(world: World, web: str) -> None:
    """After an update they have failed until they pass again."""
    machine, _ = machines.create(world, web, CHECKED, region="ams")
    seen = []
    for seconds in (0.1, 0.1):
        world.clock.advance(seconds)
        found = machines.show(world, web, machine.id)
        seen.append([each.status for each in machines.checks_of(world, found)])
    machines.update(world, web, machine.id, CHECKED)
    for seconds in (0.1, 0.1):
        world.clock.advance(seconds)
        found = machines.show(world, web, machine.id)
        seen.append([each.status for each in machines.checks_of(world, found)])

    assert seen == [[], ["passing"], ["critical"], ["passing"]]


@pytest.mark.parametrize(
    ("image", "scenario", "exits"),
    [
        ("nginx:crash", None, [(1, False)]),
        ("nginx:oom", None, [(137, True)]),
        ("nginx:1", "machine-crashes", [(1, False)]),
        ("nginx:1", "machine-oom", [(137, True)]),
    ],
)
def test_machines_crash_by_their_tag_or_when_told(
    world: World, web: str, image: str, scenario: str | None, exits: list[tuple[int, bool]]
) -> None:
    """They are restarted, and given up at last."""
    if scenario:
        faults.tell(world, scenario)
    machine, _ = machines.create(world, web, {"image": image}, region="ams")
    world.clock.advance(12)
    crashing = [each.exit for each in machines.events_of(world, machine) if each.exit]
    world.clock.advance(60)

    found = machines.show(world, web, machine.id)
    ended = [each.exit for each in machines.events_of(world, found) if each.exit]

    assert found.state == "stopped"
    assert {(each.exit_code, each.oom_killed) for each in ended} == set(exits)
    assert [each.restarting for each in ended] == [False] + [True] * 7
    assert [each.restart_count for each in ended] == [9, 8, 7, 6, 5, 4, 3, 2]
    assert all(each.restarting for each in crashing)


def test_what_follows_a_crash_is_not_called_crashing(world: World, web: str) -> None:
    """An update ends the restarts; one of a machine that runs well has no exit to show."""
    faults.tell(world, "machine-crashes")
    machine, _ = machines.create(world, web, {"image": "nginx:1"}, region="ams")
    faults.clear(world)
    other, _ = machines.create(world, web, {"image": "nginx:1"}, region="ams")
    world.clock.advance(3)
    for each in (machine, other):
        machines.update(world, web, each.id, {"image": "nginx:2"})
    world.clock.advance(60)

    exits, none = (
        [event.exit for event in machines.events_of(world, each) if event.exit]
        for each in (machine, other)
    )

    assert (exits[0].requested_stop, exits[0].restarting) == (True, False)
    assert exits[1].restarting
    assert not none
    assert machines.show(world, web, machine.id).state == "started"


def test_a_machine_may_stay_in_a_state_nobody_knows(world: World, web: str) -> None:
    """The scenario machine-state-unknown."""
    faults.tell(world, "machine-state-unknown")
    machine, _ = machines.create(world, web, {"image": "nginx"}, region="ams")
    world.clock.advance(3600)

    assert _state(world, machine.id) == "hibernating"


def test_counts_may_come_out_wrong(world: World, web: str) -> None:
    """One more, or one less; what is lost can still be asked for."""
    faults.tell(world, "one-machine-more")
    machines.create(world, web, {"image": "nginx"}, region="ams")
    faults.tell(world, "one-machine-less")
    lost, _ = machines.create(world, web, {"image": "nginx"}, region="ams")

    assert len(machines.list_(world, web)) == 2
    assert machines.show(world, web, lost.id).id == lost.id


def test_a_deploy_may_lie(world: World, web: str) -> None:
    """The update is done, and the old image stays."""
    machine, _ = machines.create(world, web, {"image": "nginx:1"}, region="ams")
    faults.tell(world, "deploy-lies")

    updated = machines.update(world, web, machine.id, {"image": "nginx:2"})

    assert updated.image.tag == "1"


def test_a_machine_needs_an_image_and_an_id(world: World, web: str) -> None:
    """What is not there is not found."""
    with pytest.raises(Invalid, match="image can't be blank"):
        machines.create(world, web, {}, region="ams")
    with pytest.raises(MachineNotFound, match="machine not found"):
        machines.show(world, web, "0" * 14)


def test_a_machine_that_destroys_itself_leaves_an_exit_behind(world: World, web: str) -> None:
    """It is gone, and still tells what its command ended with."""
    config = {
        "image": "nginx",
        "auto_destroy": True,
        "init": {"cmd": ["migrate", "fail"]},
        "metadata": {"fly_process_group": "fly_app_release_command"},
    }
    machine, _ = machines.create(world, web, config, region="ams", skip_launch=True)
    actions.start(world, web, machine.id)
    world.clock.advance(1)

    found = machines.show(world, web, machine.id)
    codes = [each.exit.exit_code for each in machines.events_of(world, found) if each.exit]

    assert (found.state, codes) == ("destroyed", [1])


def test_machines_listen_where_their_services_say(world: World, web: str) -> None:
    """Or on the loopback address, when told."""
    config = {"image": "nginx", "services": [{"protocol": "tcp", "internal_port": 8080}]}
    good, _ = machines.create(world, web, config, region="ams")
    faults.tell(world, "machine-listens-elsewhere")
    bad, _ = machines.create(world, web, config, region="ams")
    world.clock.advance(1)

    found = [actions.processes(world, web, each.id)[0].addresses for each in (good, bad)]

    assert found == [("0.0.0.0:8080",), ("127.0.0.1:8080",)]
