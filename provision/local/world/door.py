"""The door every request comes through, whoever sends it: the token is checked, faults strike."""

from __future__ import annotations

from collections.abc import Callable

from provision.local.world.faults import ConnectionLost, Fault, Kind, Unreachable, strike
from provision.local.world.hints import TypeVar
from provision.local.world.operations import Operation
from provision.local.world.patience import Patient, at_once, sleeping
from provision.local.world.refusals import Answered, NotAuthenticated, Refusal
from provision.local.world.requests import Outcome, write
from provision.local.world.store import World

T = TypeVar("T")


def enter(
    world: World, operation: Operation, effect: Callable[[], T], *, token: str, app: str | None
) -> T:
    """
    Do what *operation* does, as a server would that can be told to fail.

    Args:
        world: The world.
        operation: What is asked.
        effect: Does it.
        token: Who asks; without a scheme such as ``Bearer``.
        app: The app concerned, if it is about one.

    Returns:
        What *effect* returns.

    Raises:
        Refusal: The answer is an error.
        ConnectionLost: There is no answer.
        Unreachable: Nobody listens.
    """
    steps = entering(world, operation, at_once(effect), token=token, app=app)
    return sleeping(steps, world.clock.sleep)


def entering(
    world: World, operation: Operation, effect: Patient[T], *, token: str, app: str | None
) -> Patient[T]:
    """
    Do what `enter` does, for whoever cannot sleep meanwhile; a visitor may go before it is done.

    Raises:
        Refusal: The answer is an error.
        ConnectionLost: There is no answer.
        Unreachable: Nobody listens.
    """
    outcome = Outcome.UNANSWERED
    try:
        result = yield from _answer(world, strike(world, operation, app), effect, token)
        outcome = Outcome.DONE
    except Refusal:
        outcome = Outcome.REFUSED
        raise
    finally:
        write(world, operation, app, outcome)
    return result


def know_token(world: World, token: str) -> None:
    """From now on accept *token* only; with "", accept any again."""
    world.set_setting("token", token)


def _answer(world: World, fault: Fault | None, effect: Patient[T], token: str) -> Patient[T]:
    if fault is not None and fault.kind is Kind.UNREACHABLE:
        raise Unreachable
    _authenticate(world, token)
    if fault is None:
        return (yield from effect)
    return (yield from _struck(fault, effect))


def _authenticate(world: World, token: str) -> None:
    known = world.setting("token")
    if known and known not in token.split(","):
        raise NotAuthenticated


def _struck(fault: Fault, effect: Patient[T]) -> Patient[T]:
    if fault.kind in {Kind.SLOW, Kind.HANG}:
        yield fault.seconds
    if fault.kind is Kind.REFUSE:
        raise Answered(fault.status, fault.message, fault.code)
    if fault.kind in {Kind.DROP, Kind.HANG}:
        raise ConnectionLost
    result = yield from effect
    if fault.kind is Kind.REFUSE_AFTER:
        raise Answered(fault.status, fault.message, fault.code)
    if fault.kind is Kind.DROP_AFTER:
        raise ConnectionLost
    return result
