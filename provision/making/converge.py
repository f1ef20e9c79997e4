"""Look, act, look again: how every change is made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

import anyio
from attrs import frozen

from procman import Context, Step, StepError
from provision.errors import ProvisionError
from provision.fly.errors import FlyError
from provision.plan import Change

S = TypeVar("S")


@frozen
class Converged(Generic[S]):
    """
    What was seen last, and what was done before.

    Attributes:
        changes: () if nothing had to be done.
    """

    seen: S
    changes: tuple[Change, ...] = ()


FIRST_LOOKS = (0.0, 0.1, 0.3, 1.0)
AFTER_A_FAILURE = 5.0
"""Seconds a failed command may turn out to have succeeded after all."""


class NotVisible(ProvisionError):
    """Raised when a change was reported as made and cannot be seen."""

    hint = "run it again; nothing is done twice"

    def __init__(self, change: Change) -> None:
        self.change = change
        super().__init__(f"{change.what}: reported as done, and not to be seen")


async def converge(
    context: Context,
    look: Step[S],
    decide: Callable[[S], Sequence[Change]],
    settle: float,
) -> Converged[S]:
    """
    See what is there, make what is missing, and see that it is there.

    What a command says of its success is not asked: a failure counts only if what it was
    to make is not to be seen afterwards, a success only if it is. Nothing is made twice.

    Args:
        context: Of the job.
        look: Reads what there is; safe to repeat.
        decide: What is to be done about it; () when all is well.
        settle: Seconds a change may take to be seen.

    Raises:
        NotVisible: a change was reported as made and cannot be seen.
        FlyError, StepError: a change failed, and was not made.
    """
    seen = await context.run(look)
    changes = tuple(decide(seen))
    if not changes:
        return Converged(seen)
    failure = await _make(context, changes)
    return Converged(await _look_again(context, look, decide, settle, failure), changes)


async def make(context: Context, change: Change) -> Any:
    """
    Run the command of *change*; its result.

    Raises:
        FlyError, StepError: it failed; it may have been made all the same.
    """
    action = change.action.value
    context.log(f"{action} {change.what}", action=action, what=change.what, reason=change.reason)
    return await context.run(change.step)


async def _make(context: Context, changes: Sequence[Change]) -> FlyError | StepError | None:
    """Run the commands of *changes* up to the first that fails; its failure."""
    for change in changes:
        try:
            await make(context, change)
        except (FlyError, StepError) as error:
            return error
    return None


async def _look_again(
    context: Context,
    look: Step[S],
    decide: Callable[[S], Sequence[Change]],
    settle: float,
    failure: FlyError | StepError | None,
) -> S:
    patience = settle if failure is None else min(settle, AFTER_A_FAILURE)
    ends_at = anyio.current_time() + patience
    waits = iter(FIRST_LOOKS)
    while True:
        left = max(0.0, ends_at - anyio.current_time())
        await anyio.sleep(min(next(waits, 2.0), left))
        seen = await context.run(look)
        missing = decide(seen)
        if not missing:
            return seen
        if anyio.current_time() >= ends_at:
            raise failure or NotVisible(missing[0])
