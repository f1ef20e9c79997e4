"""One start of a service, from its child's beginning to its end."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import anyio

from procman._execution import Execution
from procman._process.child import Child
from procman._process.intake import Intake
from procman._readiness import NeverReady, ReadinessWatch, watch_for
from procman.errors import CommandUnkillable
from procman.events import OutputLines, ServiceEnded, ServiceReady, ServiceStarted
from procman.hooks import ChildStart
from procman.outcome import Limit, LimitName, Outcome
from procman.output import Output
from procman.ports import free_port
from procman.probes import Line
from procman.records import summarized
from procman.service import Liveness, Service


class Start:
    """
    A start of *service*.

    Attributes:
        command: What is run.
        port: The port it was given; None if it is given none.
        was_ready: Whether it ever was.
        was_stopped: Whether it was ended because nobody needed it any more.
        output: What the child left; None until it ended.
    """

    def __init__(
        self, service: Service, execution: Execution, job: str, id_: int, number: int
    ) -> None:
        self.port: int | None = None
        if callable(service.command):
            self.port = free_port()
            self.command = service.command(self.port)
        else:
            self.command = service.command
        self.was_ready = False
        self.was_stopped = False
        self.output: Output | None = None
        self._complaint = ""
        self._service = service
        self._execution = execution
        self._job = job
        self._id = id_
        self._number = number

    async def run(self, on_started: Callable[[int], None], on_ready: Callable[[], None]) -> None:
        """
        Run it until it ends by itself, is not ready in time, or fails its liveness probe.

        Args:
            on_started: Told its pid.
            on_ready: Told that it is ready.

        Raises:
            CommandNotStarted: the system refused.
        """
        with watch_for(self._service.ready, self.port) as watch:
            added = self._execution.environment(self._child_start)
            command = watch.prepared(self.command.with_env({**added, **self.command.env}))
            tell = self._tell_lines(watch) if self._has_readers else None
            redactor = self._execution.secrets(self._job).learn(command.redactor)
            intake = Intake(self._service.capture, redactor, on_lines=tell)
            child = await Child.start(command, intake, self._execution.hurry)
            watch.started()
            self._tell_started(child.pid)
            on_started(child.pid)
            try:
                await self._watch_over(child, watch, on_ready)
            except BaseException:
                await _end(child)
                raise
            finally:
                child.close()
                self.output = child.output()

    @property
    def is_unkillable(self) -> bool:
        """Whether something of it is still there."""
        return self.output is not None and self.output.ending.unkillable

    @property
    def reason(self) -> str:
        """How it ended, for a person; "" if it was stopped."""
        if self.output is not None and self.is_unkillable:
            return CommandUnkillable(self.command, self.output).cause
        if self.was_stopped:
            return ""
        if self._complaint:
            # It may quote what the service said.
            return self.command.redactor.clean_text(self._complaint)
        how = self.output.how if self.output else "not started"
        return how if self.was_ready else f"{how} before it was ready"

    @property
    def has_failed(self) -> bool:
        """Whether its end was not a good one."""
        if self.was_stopped or self.is_unkillable:
            return self.is_unkillable
        return bool(self._complaint) or self.output is None or self.output.exit_code != 0

    def tell_ended(self, restart_in: float | None) -> None:
        """Tell the hooks that it ended."""
        if self.output is not None:
            self._execution.show_output(self._child_start, self.command, self.output)
        self._execution.emit(
            ServiceEnded(
                self._execution.now(),
                self._job,
                self._service.name,
                self._id,
                self._number,
                Outcome.FAILED if self.has_failed else Outcome.SUCCEEDED,
                self.reason,
                None if self.output is None else summarized(self.output),
                restart_in,
            )
        )

    @property
    def _child_start(self) -> ChildStart:
        return ChildStart(self._job, self._service.name, self._id, self._number)

    @property
    def _has_readers(self) -> bool:
        return self._service.live or isinstance(self._service.ready, Line)

    async def _watch_over(
        self, child: Child, watch: ReadinessWatch, on_ready: Callable[[], None]
    ) -> None:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._ask, watch, on_ready, tasks.cancel_scope)
            await child.wait()
            tasks.cancel_scope.cancel()
        if self._complaint:
            await _end(child)
        else:
            await child.end_left_over()
        watch.hear()
        if watch.was_said and not self.was_ready:
            self._hear_late(on_ready)

    def _hear_late(self, on_ready: Callable[[], None]) -> None:
        """It said that it is ready with its last breath, or when it was being ended."""
        if self._complaint:
            self._complaint = f"{self._ready_limit} reached: it said so too late"
        else:
            self._become_ready(on_ready)

    @property
    def _ready_limit(self) -> Limit:
        return Limit(LimitName.READY, self._service.ready_timeout)

    async def _ask(
        self, watch: ReadinessWatch, on_ready: Callable[[], None], scope: anyio.CancelScope
    ) -> None:
        """Ask until it is ready, then whether it lives; *scope* is cancelled when it does not."""
        try:
            self._complaint = await self._complain(watch, on_ready)
        except Exception as error:  # noqa: BLE001 - whatever it is, nobody knows how it is now
            self._complaint = f"its probe raised {type(error).__name__}: {error}"
        if self._complaint:
            scope.cancel()

    async def _complain(self, watch: ReadinessWatch, on_ready: Callable[[], None]) -> str:
        """What is wrong with it, as soon as something is; "" if that is not asked any more."""
        try:
            with anyio.move_on_after(self._service.ready_timeout):
                await watch.wait()
                self._become_ready(on_ready)
        except NeverReady as error:
            return f"it will never be ready: {error}"
        if not self.was_ready:
            return f"{self._ready_limit} reached: {watch.reason}"
        return await self._outlive(self._service.alive) if self._service.alive else ""

    def _become_ready(self, on_ready: Callable[[], None]) -> None:
        self.was_ready = True
        self._tell_ready()
        on_ready()

    async def _outlive(self, alive: Liveness) -> str:
        """Ask for as long as it answers; the complaint when it does not."""
        await anyio.sleep(alive.initial_delay)
        failures = successes = 0
        while True:
            reason = await self._answer(alive)
            successes = successes + 1 if reason is None else 0
            failures = failures if reason is None else failures + 1
            if successes >= alive.success_threshold:
                failures = 0
            if reason is not None and failures >= alive.failure_threshold:
                return f"liveness probe failed {failures} times: {reason}"
            await anyio.sleep(alive.period)

    async def _answer(self, alive: Liveness) -> str | None:
        with anyio.move_on_after(alive.timeout):
            return await alive.probe.ask(self.port)
        return f"{Limit(LimitName.PROBE, alive.timeout)} reached"

    def _tell_lines(self, watch: ReadinessWatch) -> Callable[..., None]:
        def tell(stream: str, lines: Sequence[str], *, is_cut: bool) -> None:
            watch.lines(stream, lines)
            if self._service.live:
                self._execution.emit(
                    OutputLines(
                        self._execution.now(),
                        self._job,
                        self._service.name,
                        self._id,
                        stream,
                        lines,
                        is_cut,
                    )
                )

        return tell

    def _tell_started(self, pid: int) -> None:
        self._execution.emit(
            ServiceStarted(
                self._execution.now(),
                self._job,
                self._service.name,
                self._id,
                self._number,
                pid,
                str(self.command),
            )
        )

    def _tell_ready(self) -> None:
        now = self._execution.now()
        self._execution.emit(
            ServiceReady(now, self._job, self._service.name, self._id, self._number)
        )


async def _end(child: Child) -> None:
    with anyio.CancelScope(shield=True):
        await child.end()
