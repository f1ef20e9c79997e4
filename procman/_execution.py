"""What all jobs of one run share: its clock, its hooks, its limits, the reason it stops."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from itertools import count
from signal import Signals

import anyio
from attrs import define, field

from procman._discretion import discreet
from procman._process.hurry import Hurry
from procman._recorder import Recorder
from procman.command import Command
from procman.events import Event, Hook
from procman.hooks import ChildStart, EnvironmentHook, OutputHook
from procman.outcome import Limit
from procman.output import Output
from procman.secret import KnownSecrets


@define(eq=False)
class Execution:
    """
    One run while it lasts.

    Attributes:
        hooks: Told of every event, in order.
        resources: How many steps that name a resource may run at once; one if not said.
        scope: Cancelled when the run must stop.
        hurry: Begun when it must stop at once.
        recorder: Remembers what happened.
        stopped_by: Why the run stops before its jobs are done: a signal, a limit, or an
            error that is nobody's job; None as long as it does not.
    """

    hooks: Sequence[Hook]
    resources: Mapping[str, int] = field(factory=dict)
    scope: anyio.CancelScope = field(factory=anyio.CancelScope)
    hurry: Hurry = field(factory=Hurry)
    recorder: Recorder = field(factory=Recorder)
    stopped_by: Signals | Limit | BaseException | None = None
    _began: float = field(factory=time.monotonic)
    _ids: count[int] = field(factory=lambda: count(1))
    _secrets: dict[str, KnownSecrets] = field(factory=dict)
    _slots: dict[str, anyio.Semaphore] = field(factory=dict)
    _environment_hooks: Sequence[EnvironmentHook] = field(init=False)
    _output_hooks: Sequence[OutputHook] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._environment_hooks = [h for h in self.hooks if isinstance(h, EnvironmentHook)]
        self._output_hooks = [h for h in self.hooks if isinstance(h, OutputHook)]

    def now(self) -> float:
        """Seconds since the run began."""
        return time.monotonic() - self._began

    def next_id(self) -> int:
        """The id of the next step."""
        return next(self._ids)

    def emit(self, event: Event) -> None:
        """Tell every hook; one that raises stops the run and hears no more."""
        event = discreet(event, self._secrets)
        self.recorder(event)
        for hook in self.hooks:
            try:
                hook(event)
            except Exception as error:  # noqa: BLE001 - whatever it is, it ends the run
                self._break(hook, error)

    def secrets(self, job: str) -> KnownSecrets:
        """Those that the children of that job were given so far; no event of it shows one."""
        return self._secrets.setdefault(job, KnownSecrets())

    def environment(self, start: ChildStart) -> Mapping[str, str]:
        """What hooks add to the environment of the child of *start*."""
        added: dict[str, str] = {}
        for hook in self._environment_hooks:
            try:
                added.update(hook.environment(start))
            except Exception as error:  # noqa: BLE001 - as above
                self._break(hook, error)
        return added

    def show_output(self, start: ChildStart, command: Command, output: Output) -> None:
        """Show what the child of *start* left to the hooks that want to see it."""
        redacted = output.redacted() if self._output_hooks else output
        for hook in self._output_hooks:
            try:
                hook.output(start, command, redacted)
            except Exception as error:  # noqa: BLE001 - as above
                self._break(hook, error)

    def _break(self, hook: Hook, error: Exception) -> None:
        self.hooks = [other for other in self.hooks if other is not hook]
        self.stop(error)

    def stop(self, reason: Signals | Limit | BaseException) -> None:
        """Cancel whatever runs; the first reason counts."""
        if self.stopped_by is None:
            self.stopped_by = reason
        self.scope.cancel()

    def interrupt(self, signum: Signals, times: int) -> None:
        """Stop in order at the first signal, at once at the second."""
        if times > 1:
            self.hurry.begin()
        self.stop(signum)

    def slot(self, resource: str) -> anyio.Semaphore:
        """The semaphore of *resource*."""
        if resource not in self._slots:
            self._slots[resource] = anyio.Semaphore(self.resources.get(resource, 1))
        return self._slots[resource]

    @property
    def reason(self) -> str:
        """Why what is cancelled is cancelled, in words."""
        match self.stopped_by:
            case None:
                return "cancelled"
            case Signals() as signum:
                return f"stopped by {signum.name}"
            case Limit() as limit:
                return f"{limit} reached"
            case error:
                return f"stopped by {type(error).__name__}: {error}"
