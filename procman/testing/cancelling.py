"""Cancels a workflow at each of its awaits in turn, and sees that nothing is left of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import anyio

from procman.context import Context
from procman.events import (
    AttemptEnded,
    AttemptStarted,
    Event,
    JobEnded,
    RunEnded,
    RunStarted,
    ServiceEnded,
    ServiceStarted,
    StepEnded,
    StepStarted,
)
from procman.interrupts import Interrupts
from procman.journal import Journal, read_journal
from procman.outcome import Outcome
from procman.run_errors import BrokenJournal
from procman.testing._awaits import Watched, counted
from procman.testing._holdings import Holdings, leftovers
from procman.workflow import Workflow


class CancellationMishandled(AssertionError):
    """
    Raised when a cancelled workflow left something behind, or held its cancellation up.

    Attributes:
        at: Which of its awaits it was cancelled at, counted from 1.
        problems: What is wrong, a sentence each.
    """

    def __init__(self, at: int, problems: Sequence[str]) -> None:
        self.at = at
        self.problems = tuple(problems)
        super().__init__(f"cancelled at await {at}: " + "; ".join(problems))


async def cancel_everywhere(make: Callable[[], Workflow], *, every: int = 1) -> int:
    """
    Run a workflow again and again, cancelled at its first await, its second, and so on.

    It runs to its end once, so that its awaits are known: those of its jobs and of all tasks
    and services that they start. After each cancelled run no process and no descriptor is
    left, its journal is whole, and the cancellation was passed on, by the run and by each job
    in which it was raised. Processes are only looked for on Linux.

    A job that suppresses the error of a step and returns without another await may be told to
    have swallowed its cancellation, where a limit within the step was reached in that moment:
    let it await once more.

    Args:
        make: Makes the workflow anew for each run.
        every: Of so many awaits one is tried.

    Returns:
        How often it was cancelled.

    Raises:
        CancellationMishandled: one of these does not hold.
    """
    with TemporaryDirectory() as folder:
        journal = Path(folder) / "journal"
        awaits = await _Cancelled(make(), journal, None).run()
        before = Holdings.now()
        times = 0
        for at in range(1, awaits + 1, every):
            cancelled = _Cancelled(make(), journal, at)
            await cancelled.run()
            problems = [*leftovers(before), *problems_of_journal(journal), *cancelled.problems()]
            if problems:
                raise CancellationMishandled(at, problems)
            times += cancelled.was_cancelled
        return times


class _Cancelled:
    """One run, cancelled at its await number *at*; run to its end if that is None."""

    def __init__(self, workflow: Workflow, journal: Path, at: int | None) -> None:
        self._workflow = workflow
        self._journal = Journal(journal)
        self._at = at
        self._scope = anyio.CancelScope()
        self._awaits = 0
        self._problems: list[str] = []
        self._outcome: Outcome | None = None
        # A private affair of the class, and of those who test what it runs.
        functions = workflow._functions  # noqa: SLF001
        for job, function in functions.items():
            functions[job] = self._watched(job.name, function)

    async def run(self) -> int:
        """How many awaits there were."""
        with self._scope:
            await counted(self._run(), self._count)
        return self._awaits

    @property
    def was_cancelled(self) -> bool:
        """Whether it had not ended before."""
        return self._scope.cancel_called

    def problems(self) -> Iterator[str]:
        """Where the cancellation was not passed on."""
        yield from self._problems
        if self._outcome is Outcome.CANCELLED:
            yield "the run returned instead of passing its cancellation on"

    async def _run(self) -> None:
        run = await self._workflow.run(hooks=[self._journal], interrupted_by=Interrupts())
        self._outcome = run.outcome

    def _count(self) -> None:
        self._awaits += 1
        if self._awaits == self._at:
            self._scope.cancel()

    def _watched(
        self, name: str, function: Callable[[Context], Awaitable[Any]]
    ) -> Callable[[Context], Awaitable[Any]]:
        async def call(context: Context) -> Any:
            return await function(context)

        async def watch(context: Context) -> Any:
            watched = Watched(call(context), lambda: None)
            try:
                result = await watched
            except anyio.get_cancelled_exc_class():
                raise
            except BaseExceptionGroup:
                # What else went wrong at the same time; a task group lets go of the rest.
                raise
            except BaseException as error:
                self._note(watched, f"job {name} raised {type(error).__name__}")
                raise
            self._note(watched, f"job {name} returned")
            return result

        return watch

    def _note(self, watched: Watched[Any], what: str) -> None:
        if watched.was_cancelled and self._scope.cancel_called:
            self._problems.append(f"{what} instead of passing its cancellation on")


def problems_of_journal(path: Path) -> Iterator[str]:
    """What is wrong with it: each beginning has one end, in whole lines."""
    try:
        events = [*read_journal(path)]
    except BrokenJournal as error:
        yield str(error)
        return
    if not events or not isinstance(events[0], RunStarted):
        yield "the journal does not begin with the run"
    elif not isinstance(events[-1], RunEnded):
        yield "the journal does not end with the run"
    else:
        jobs = Counter(("job", name) for name, _ in events[0].jobs)
        yield from _unpaired(jobs + _keys(events, _STARTS), _keys(events, _ENDS))


_STARTS = (StepStarted, AttemptStarted, ServiceStarted)
_ENDS = (JobEnded, StepEnded, AttemptEnded, ServiceEnded)


def _keys(events: Sequence[Event], kinds: tuple[type[Any], ...]) -> Counter[tuple[object, ...]]:
    return Counter(_key(event) for event in events if isinstance(event, kinds))


def _key(event: Any) -> tuple[object, ...]:
    match event:
        case JobEnded():
            return ("job", event.job)
        case StepStarted() | StepEnded():
            return ("step", event.step, event.id)
        case AttemptStarted() | AttemptEnded():
            return ("attempt", event.step, event.id, event.number)
        case _:
            return ("service", event.service, event.id, event.number)


def _unpaired(
    begun: Counter[tuple[object, ...]], ended: Counter[tuple[object, ...]]
) -> Iterator[str]:
    for key in begun | ended:
        if ended[key] != begun[key]:
            yield f"in the journal {' '.join(map(str, key))} ends {ended[key]} times"
