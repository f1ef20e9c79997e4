"""A pool of tasks that run jobs one after another, as many as there is work for."""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable
from contextvars import Context, copy_context
from typing import Any

import anyio
from anyio.abc import TaskGroup
from anyio.lowlevel import checkpoint, checkpoint_if_cancelled

from procman.job import Job

BREATH = 64
"""Jobs a worker runs before the rest of the program gets a turn, should none of them wait."""


class Workers:
    """
    At most *most* tasks in *tasks*; a task a job would cost more than most jobs do.

    Args:
        tasks: Where they live.
        most: How many jobs may run at once; None for all that are added.
        may_run: Asked when a job comes to its turn.
        run: Runs a job in the scope it is given; raises a cancellation, and nothing else.
    """

    def __init__(
        self,
        tasks: TaskGroup,
        most: int | None,
        may_run: Callable[[Job[Any]], bool],
        run: Callable[[Job[Any], anyio.CancelScope], Awaitable[None]],
    ) -> None:
        self._tasks = tasks
        self._most = most
        self._may_run = may_run
        self._run = run
        self._queue: deque[Job[Any]] = deque()
        self._context = copy_context()
        self._count = 0
        self._is_one_coming = False

    def add(self, job: Job[Any]) -> None:
        """Have *job* run when it comes to its turn; a worker must be called for it."""
        self._queue.append(job)

    def call(self) -> None:
        """One more worker if there is work for it; it will call the next itself."""
        is_full = self._most is not None and self._count >= self._most
        if self._queue and not self._is_one_coming and not is_full:
            self._is_one_coming = True
            self._count += 1
            self._context.run(self._tasks.start_soon, self._work)

    async def _work(self) -> None:
        await checkpoint_if_cancelled()
        self._is_one_coming = False
        context = copy_context()
        while self._queue and context == copy_context():
            # A scope serves for many jobs: a new one is made when a job was cancelled.
            with anyio.CancelScope() as scope:
                await self._run_some(scope, context)
            await checkpoint()
        self._count -= 1
        # A job has set context variables: the next one gets a worker that has not seen them.
        self.call()

    async def _run_some(self, scope: anyio.CancelScope, context: Context) -> None:
        for _ in range(BREATH):
            is_used_up = scope.cancel_called or context != copy_context()
            if is_used_up or (job := self._next()) is None:
                return
            self.call()
            await self._run(job, scope)

    def _next(self) -> Job[Any] | None:
        while self._queue:
            job = self._queue.popleft()
            if self._may_run(job):
                return job
        return None
