"""Faults and scenarios of the local Fly."""

from __future__ import annotations

import time

import pytest

from provision.local.world import World, apps, door, faults, organizations, requests
from provision.local.world.faults import ConnectionLost, Fault, Kind, Mark, Unreachable
from provision.local.world.operations import Operation
from provision.local.world.refusals import Answered, NotAuthenticated
from provision.local.world.scenarios import SCENARIOS, UnknownScenario

ANY, GOOD, BAD = "any", "other,good", "bad"  # tokens


def _create(world: World, name: str, token: str = ANY) -> str:
    def effect() -> str:
        return organizations.create(world, name).slug

    return door.enter(world, Operation.ORGANIZATIONS_CREATE, effect, token=token, app=None)


@pytest.mark.parametrize(
    ("kind", "error", "done"),
    [
        (Kind.REFUSE, Answered, False),
        (Kind.REFUSE_AFTER, Answered, True),
        (Kind.DROP, ConnectionLost, False),
        (Kind.DROP_AFTER, ConnectionLost, True),
        (Kind.UNREACHABLE, Unreachable, False),
        (Kind.HANG, ConnectionLost, False),
    ],
)
def test_a_fault_strikes_before_or_after_the_effect(
    world: World, kind: Kind, error: type[Exception], *, done: bool
) -> None:
    """Once it is used up, all is well."""
    faults.inject(world, Fault("organizations.create", kind, 502, "bad gateway", times=1))

    with pytest.raises(error):
        _create(world, "Acme")
    after = [each.slug for each in organizations.list_(world)]
    again = _create(world, "Beta")

    assert ("acme" in after) == done
    assert again == "beta"
    assert faults.list_(world) == ()


def test_a_slow_answer_comes_all_the_same(world: World) -> None:
    """It takes as long as it is told, by the world's clock."""
    world.clock.run_at(100)
    faults.inject(world, Fault("*", Kind.SLOW, seconds=10))
    began = time.monotonic()

    slug = _create(world, "Acme")

    assert slug == "acme"
    assert time.monotonic() - began >= 0.09


@pytest.mark.parametrize("operation", ["organizations.create", "organizations.*", "*", "changes"])
def test_a_fault_may_concern_many_operations(world: World, operation: str) -> None:
    """One, those of a noun, all, or all that change something."""
    faults.inject(world, Fault(operation, Kind.REFUSE, 429, "rate limit exceeded"))

    with pytest.raises(Answered, match="rate limit exceeded") as refused:
        _create(world, "Acme")

    assert refused.value.status == 429


def test_a_fault_that_concerns_changes_lets_reads_pass(world: World) -> None:
    """A read-only token, for example."""
    faults.tell(world, "token-read-only")

    def look() -> int:
        return len(organizations.list_(world))

    found = door.enter(world, Operation.ORGANIZATIONS_LIST, look, token=ANY, app=None)

    assert found == 1
    with pytest.raises(Answered, match="not authorized"):
        _create(world, "Acme")


def test_a_fault_may_wait_for_its_turn(world: World) -> None:
    """It lets some pass first, and strikes as often as told."""
    faults.inject(world, Fault("organizations.create", Kind.REFUSE, 500, "no", skip=1, times=2))
    outcomes = []
    for name in "abcd":
        try:
            outcomes.append(_create(world, name))
        except Answered:
            outcomes.append("refused")

    assert outcomes == ["a", "refused", "refused", "d"]


def test_a_fault_may_concern_one_app(world: World) -> None:
    """Others do not notice."""
    faults.tell(world, "deploy-lies", app="web")

    assert faults.marked(world, Mark.DEPLOY_LIES, "api") is None
    assert faults.marked(world, Mark.DEPLOY_LIES, "web") is not None


def test_faults_can_be_listed_and_taken_back(world: World) -> None:
    """They name the scenario they belong to."""
    faults.tell(world, "machine-created-twice", app="web", skip=2)

    [told] = faults.list_(world)
    faults.clear(world)

    assert (told.scenario, told.operation, told.app, told.skip, told.times) == (
        "machine-created-twice",
        "machines.create",
        "web",
        2,
        1,
    )
    assert faults.list_(world) == ()


def test_an_unknown_scenario_is_an_error_with_the_nearest_name(world: World) -> None:
    """Nothing is told then."""
    with pytest.raises(UnknownScenario, match=r"'ip-losst'; did you mean 'ip-lost'\?"):
        faults.tell(world, "ip-losst")
    assert faults.list_(world) == ()


def test_every_scenario_concerns_something_that_exists(world: World) -> None:
    """An operation, a noun, all, or a mark that the rules look for."""
    nouns = {each.value.partition(".")[0] for each in Operation}
    known = {*Operation, *Mark, *(f"{noun}.*" for noun in nouns), "*", "changes"}

    for name in SCENARIOS:
        faults.tell(world, name)

    unknown = {
        each.scenario: each.operation for each in faults.list_(world) if each.operation not in known
    }
    assert unknown == {}
    assert [name for name, each in SCENARIOS.items() if not each.sentence.endswith(".")] == []


def test_a_world_may_know_one_token(world: World) -> None:
    """It accepts any until it is told one, alone or among others."""
    _create(world, "Acme", token=ANY)
    door.know_token(world, "good")

    with pytest.raises(NotAuthenticated, match="token validation error"):
        _create(world, "Beta", token=BAD)
    assert _create(world, "Gamma", token=GOOD) == "gamma"


def test_what_was_asked_is_remembered(world: World) -> None:
    """With what came of it; an app that was refused was asked for all the same."""
    faults.inject(world, Fault("apps.create", Kind.DROP_AFTER, times=1))
    _create(world, "Acme")

    def effect() -> str:
        return apps.create(world, "web", organization="acme").name

    with pytest.raises(ConnectionLost):
        door.enter(world, Operation.APPS_CREATE, effect, token=ANY, app="web")
    with pytest.raises(Exception, match="already been taken"):
        door.enter(world, Operation.APPS_CREATE, effect, token=ANY, app="web")

    asked = [(each.operation, each.app, each.outcome) for each in requests.changes(world)]
    assert asked == [
        ("organizations.create", None, "done"),
        ("apps.create", "web", "unanswered"),
        ("apps.create", "web", "refused"),
    ]
