"""Keeps one service running: started, restarted by policy, stopped when nobody wants it more."""

from __future__ import annotations

from collections.abc import Callable

import anyio

from procman._execution import Execution
from procman._service_start import Start
from procman.errors import CommandNotStarted, ServiceFailed
from procman.service import RestartWhen, Service

SOON = 1.0
"""Seconds: a program that was given a port and ended sooner may have found it taken."""

OTHER_PORTS = 3
"""How often such a program is given another port, whatever its restart policy."""


class Supervisor:
    """
    One service for as long as it is wanted.

    Attributes:
        service: What is kept running.
        ready: Set when it is ready for the first time, or has failed.
        ended: Set when it has ended for good.
        failure: Why it did; None if it was stopped, or still runs.
        start: Its latest start; None before the first.
        restarts: How often it was started again.
    """

    def __init__(self, service: Service, execution: Execution, job: str) -> None:
        self.service = service
        self.ready = anyio.Event()
        self.ended = anyio.Event()
        self.failure: ServiceFailed | None = None
        self.start: Start | None = None
        self.restarts = 0
        self._execution = execution
        self._job = job
        self._id = execution.next_id()
        self._scope = anyio.CancelScope()
        self._other_ports = OTHER_PORTS

    def stop(self) -> None:
        """Have it ended as its command says; `ended` is set when it has."""
        self._scope.cancel()

    async def run(self, on_failure: Callable[[], None]) -> None:
        """Keep it running until `stop`; *on_failure* is called if it ends for good before."""
        try:
            with self._scope:
                await self._keep_running()
        finally:
            self.ended.set()
            self.ready.set()
        if self.failure is not None:
            on_failure()

    async def _keep_running(self) -> None:
        delays = self.service.restart.delays()
        while True:
            number = self.restarts + 1
            start = Start(self.service, self._execution, self._job, self._id, number)
            self.start = start
            try:
                await self._run_once(start)
            except CommandNotStarted as error:
                name = self.service.name
                self.failure = ServiceFailed(name, error.command, None, error.reason)
                return
            if self._may_have_found_port_taken(start):
                self._other_ports -= 1
                delay: float | None = 0.0
            else:
                delay = next(delays, None) if self._is_to_restart(start) else None
            start.tell_ended(delay)
            if delay is None:
                self.failure = self._failed(start)
                return
            await anyio.sleep(delay)
            self.restarts += 1

    async def _run_once(self, start: Start) -> None:
        try:
            await start.run(self.ready.set)
        except CommandNotStarted:
            raise
        except BaseException:
            start.tell_ended(None, was_stopped=True)
            raise

    def _is_to_restart(self, start: Start) -> bool:
        match self.service.restart.when:
            case RestartWhen.NEVER:
                return False
            case RestartWhen.ON_FAILURE:
                return start.has_failed
            case RestartWhen.ALWAYS:
                return True

    def _may_have_found_port_taken(self, start: Start) -> bool:
        output = start.output
        if start.port is None or start.was_ready or output is None or not self._other_ports:
            return False
        return start.has_failed and output.seconds < SOON

    def _failed(self, start: Start) -> ServiceFailed:
        times = f" after {self.restarts} restarts" if self.restarts else ""
        reason = f"{start.reason}{times}"
        return ServiceFailed(self.service.name, start.command, start.output, reason)
