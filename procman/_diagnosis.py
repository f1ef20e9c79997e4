"""Asks why a step failed: its diagnostics, one after another, within their budget."""

from __future__ import annotations

import math
from collections.abc import Callable

import anyio

from procman._announcer import Announcer
from procman._execution import Execution
from procman._process.attempt import Attempt
from procman._process.hurry import HurryUntil
from procman.outcome import Limit, LimitName, Outcome
from procman.records import StepRecord
from procman.step import Diagnostic, Step, When


class Diagnosis:
    """
    All diagnostics of one run of a step.

    Nothing that happens here takes the place of what they are to explain: whatever they raise
    is in their records. Only a cancellation from outside passes through.
    """

    def __init__(
        self, execution: Execution, job: str, step: Step[object], id_: int, why: Callable[[], str]
    ) -> None:
        self._execution = execution
        self._job = job
        self._step = step
        self._id = id_
        self._why = why
        self._budget = step.diagnose_budget
        self._ran: list[int] = []

    @property
    def records(self) -> tuple[StepRecord, ...]:
        """What they found out so far."""
        return tuple(self._execution.recorder.step(id_) for id_ in self._ran)

    @property
    def has_running(self) -> bool:
        """Whether any wants to ask the child while it lives."""
        return any(diagnostic.while_running for diagnostic in self._step.diagnose)

    async def ask_running(self, pid: int) -> None:
        """Run those that ask the child *pid* while it lives: a limit was reached."""
        await self._run(When.TIMEOUT, pid)

    async def ask_after(self, outcome: Outcome) -> None:
        """Run those that ask afterwards; on a cancellation they are shielded from it."""
        match outcome:
            case Outcome.TIMED_OUT:
                await self._run(When.TIMEOUT, None)
            case Outcome.CANCELLED:
                await self._run(When.CANCELLATION, None)
            case _:
                await self._run(When.FAILURE, None)

    async def _run(self, wanted: When, pid: int | None) -> None:
        began = anyio.current_time()
        with self._execution.hurry.grace(self._budget) as scope:
            scope.shield = wanted is When.CANCELLATION
            for diagnostic in self._step.diagnose:
                if scope.deadline <= anyio.current_time():
                    break
                if diagnostic.when & wanted and diagnostic.while_running == (pid is not None):
                    await self._ask(diagnostic, pid, scope)
        self._budget -= anyio.current_time() - began

    async def _ask(self, diagnostic: Diagnostic, pid: int | None, scope: anyio.CancelScope) -> None:
        limit = Limit(LimitName.DIAGNOSTICS, self._step.diagnose_budget)

        def why() -> str:
            is_used_up = anyio.current_time() >= scope.deadline
            return f"{limit} reached" if is_used_up else self._why()

        announcer = Announcer(self._execution, self._job, diagnostic.name, why, self._id)
        self._ran.append(announcer.id)
        announcer.step_started()
        failure: BaseException | None = None
        try:
            await self._attempt(announcer, diagnostic.step_for(pid), scope.deadline)
        except Exception as error:  # noqa: BLE001 - it is in the record, and hides nothing
            failure = error
        except BaseException as error:
            failure = error
            raise
        finally:
            announcer.step_ended(failure)

    async def _attempt(self, announcer: Announcer, step: Step[object], ends_at: float) -> None:
        environment = announcer.attempt_started(1, step.command)
        attempt = Attempt(
            step,
            environment=environment,
            hurry=HurryUntil(self._execution.hurry, ends_at),
            deadline=math.inf,
            secrets=self._execution.secrets(self._job),
            tell_lines=announcer.output_lines if step.live else None,
        )
        failure: BaseException | None = None
        try:
            await attempt.run()
        except BaseException as error:
            failure = error
            raise
        finally:
            announcer.attempt_ended(1, step.command, failure, attempt.output, None)
