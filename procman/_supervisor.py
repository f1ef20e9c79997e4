"""Keeps one service running: started, restarted by policy, stopped when nobody wants it more."""

from __future__ import annotations

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
        started: Set when it was started for the first time, or has ended for good.
        ready: Set when it is ready for the first time, or has ended for good.
        ended: Set when it has ended for good.
        failure: Why it did: a `ServiceFailed`, or what the function that makes its command
            raised. None if it still runs, or was stopped and is gone.
        pid: Of the child of its latest start; 0 before the first.
        port: The port its latest start was given; None if it is given none.
        restarts: How often it was started again.
    """

    def __init__(self, service: Service, execution: Execution, job: str) -> None:
        self.service = service
        self.started = anyio.Event()
        self.ready = anyio.Event()
        self.ended = anyio.Event()
        self.failure: Exception | None = None
        self.pid = 0
        self.port: int | None = None
        self.restarts = 0
        self._execution = execution
        self._job = job
        self._id = execution.next_id()
        self._scope = anyio.CancelScope()
        self._other_ports = OTHER_PORTS

    def stop(self) -> None:
        """Have it ended as its command says; `ended` is set when it has."""
        self._scope.cancel()

    async def run(self) -> None:
        """Keep it running until `stop`; `failure` tells whether it ended for good before."""
        try:
            with self._scope:
                await self._keep_running()
        except Exception as error:  # noqa: BLE001 - for those who use it, not for this task
            self.failure = error
        finally:
            self.ended.set()
            self.started.set()
            self.ready.set()

    async def _keep_running(self) -> None:
        delays = self.service.restart.delays()
        while True:
            number = self.restarts + 1
            start = Start(self.service, self._execution, self._job, self._id, number)
            self.port = start.port
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
        def on_started(pid: int) -> None:
            self.pid = pid
            self.started.set()

        try:
            await start.run(on_started, on_ready=self.ready.set)
        except CommandNotStarted:
            raise
        except BaseException:
            start.was_stopped = True
            start.tell_ended(None)
            if start.has_failed:
                self.failure = self._failed(start)
            raise

    def _is_to_restart(self, start: Start) -> bool:
        if start.is_unkillable:
            return False
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
