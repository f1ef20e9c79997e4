"""What happens to a machine and when: scripts that are written once and read against the clock."""

from __future__ import annotations

from enum import StrEnum

from provision.local.world.behaviour import Behaviour
from provision.local.world.record import Record

UPDATE_BACK_MS, LAUNCH_BACK_MS, STARTING_BACK_MS, STARTED_BACK_MS = 15_000, 14_000, 13_000, 12_000
"""How far events are dated back: flyctl takes a start for good once it is ten seconds old."""
STARTING_MS = 20
STOPPING_MS = 50
DESTROYING_MS = 30
CRASHES_AFTER_MS = (250, 250, 500, 1000, 2000, 4000, 8000)
"""How long a machine that crashes runs each time; Fly, too, lets more and more time pass."""
GIVEN_UP_AFTER_MS = 16_000
"""How long it runs the last time; until then whoever watches a deploy sees it crashing."""


class MachineState(StrEnum):
    """The states that the rules know; a fault may name any other."""

    CREATING = "creating"
    CREATED = "created"
    STARTING = "starting"
    STARTED = "started"
    STOPPING = "stopping"
    STOPPED = "stopped"
    SUSPENDING = "suspending"
    SUSPENDED = "suspended"
    REPLACING = "replacing"
    DESTROYING = "destroying"
    DESTROYED = "destroyed"
    FAILED = "failed"


SETTLED = frozenset(
    {
        MachineState.CREATED,
        MachineState.STARTED,
        MachineState.STOPPED,
        MachineState.SUSPENDED,
        MachineState.DESTROYED,
        MachineState.FAILED,
    }
)
GONE = frozenset({MachineState.DESTROYING, MachineState.DESTROYED})


class Exit(Record):
    """
    How a process ended.

    Attributes:
        exit_code: What it ended with.
        oom_killed: Whether it was killed for want of memory.
        requested_stop: Whether somebody asked it to stop.
        restarting: Whether it is started again.
        restart_count: How often it was; 0 if never.
    """

    exit_code: int = 0
    oom_killed: bool = False
    requested_stop: bool = False
    restarting: bool = False
    restart_count: int = 0


class Happening(Record):
    """
    One thing that happens to a machine.

    Attributes:
        after_ms: How long after its script began.
        state: The state it enters; "" if it stays in its own.
        event: The type of the event Fly shows; "" for none.
        status: The status of that event.
        source: Who caused it: ``user`` or ``flyd``.
        back_ms: How far the event is dated back.
        exit: How the process ended, with an ``exit`` event.
        logs: Lines that appear: provider and text.
    """

    after_ms: int
    state: str = ""
    event: str = ""
    status: str = ""
    source: str = "flyd"
    back_ms: int = 0
    exit: Exit | None = None
    logs: tuple[tuple[str, str], ...] = ()


Script = list[Happening]


def launched(behaviour: Behaviour, machine: str, *, started: bool) -> Script:
    """Return what follows a creation; a machine that is not *started* only exists."""
    state = MachineState.CREATING if started else MachineState.CREATED
    script = [Happening(0, state, "launch", MachineState.CREATED, "user", LAUNCH_BACK_MS)]
    return script + (_start(behaviour, machine, STARTING_MS) if started else [])


def updated(behaviour: Behaviour, machine: str, *, started: bool, restarting: bool) -> Script:
    """
    Return what follows an update; a machine that is not *started* keeps its state.

    One that is *restarting* after a crash is stopped for it. No recording shows that; but flyctl
    goes by the newest exit, and would call whatever comes after a crash crashing.
    """
    replacing = MachineState.REPLACING if started else ""
    script = [Happening(0, replacing, "update", "replacing", "user", UPDATE_BACK_MS)]
    if restarting:
        ended = Exit(requested_stop=True)
        script.append(Happening(0, "", "exit", "stopped", back_ms=UPDATE_BACK_MS, exit=ended))
    script.append(Happening(STARTING_MS // 2, "", "launch", "created", "flyd", LAUNCH_BACK_MS))
    return script + (_start(behaviour, machine, STARTING_MS) if started else [])


def started(behaviour: Behaviour, machine: str) -> Script:
    """Return what follows a start; with ``auto_destroy`` an exit ends in destruction."""
    return _start(behaviour, machine, 0)


def stopped() -> Script:
    """Return what follows a stop."""
    ended = Exit(requested_stop=True)
    return [
        Happening(0, MachineState.STOPPING, "stop", "stopping", "user"),
        Happening(
            STOPPING_MS,
            MachineState.STOPPED,
            "exit",
            "stopped",
            exit=ended,
            logs=(("runner", "machine stopped"),),
        ),
    ]


def suspended() -> Script:
    """Return what follows a suspension."""
    return [
        Happening(0, MachineState.SUSPENDING, "suspend", "suspending", "user"),
        Happening(STOPPING_MS, MachineState.SUSPENDED, "suspend", "suspended"),
    ]


def destroyed(after_ms: int = 0, source: str = "user") -> Script:
    """Return what follows a destruction."""
    return [
        Happening(after_ms, MachineState.DESTROYING, "destroy", "destroying", source),
        Happening(after_ms + DESTROYING_MS, MachineState.DESTROYED, "destroy", "destroyed"),
    ]


def _start(behaviour: Behaviour, machine: str, at: int) -> Script:
    if behaviour.stays:
        return [Happening(at, behaviour.stays, "start", behaviour.stays)]
    greeting = (
        ("runner", "Machine started in 150ms"),
        ("app", f"hello from {machine} <group> & friends"),
    )
    starting, up = MachineState.STARTING, MachineState.STARTED
    # A machine that will crash is watched until it does.
    is_fine = behaviour.crashes is None
    starting_back, up_back = (STARTING_BACK_MS, STARTED_BACK_MS) if is_fine else (0, 0)
    script = [
        Happening(at, starting, "start", starting, back_ms=starting_back, logs=greeting),
        Happening(at + behaviour.start_ms, up, "start", up, back_ms=up_back),
    ]
    return script + _process(behaviour, greeting, at + behaviour.start_ms)


def _process(behaviour: Behaviour, greeting: tuple[tuple[str, str], ...], at: int) -> Script:
    if behaviour.crashes is not None:
        return _crash_loop(behaviour, behaviour.crashes, greeting, at)
    if behaviour.exits_ms is None:
        return []
    farewell = (("app", f"Main child exited normally with code: {behaviour.exit_code}"),)
    ended, stopped_ = Exit(behaviour.exit_code), MachineState.STOPPED
    after = at + behaviour.exits_ms
    return [Happening(after, stopped_, "exit", stopped_, exit=ended, logs=farewell)]


def _crash_loop(
    behaviour: Behaviour, code: int, greeting: tuple[tuple[str, str], ...], at: int
) -> Script:
    farewell = ("app", f"Main child exited normally with code: {code}")
    script: Script = []
    for count, lasts in enumerate(CRASHES_AFTER_MS):
        at += lasts
        # flyctl speaks of crashing from the second restart on; the first exit already counts two,
        # so that nobody has to wait for it.
        ended = Exit(code, oom_killed=behaviour.oom, restarting=True, restart_count=count + 2)
        state, logs = MachineState.STARTING, (farewell, *greeting)
        script.append(Happening(at, state, "exit", "stopped", exit=ended, logs=logs))
        script.append(Happening(at + behaviour.start_ms, MachineState.STARTED, "start", "started"))
    ended = Exit(code, oom_killed=behaviour.oom, restart_count=len(script) // 2 + 2)
    last, state = at + GIVEN_UP_AFTER_MS, MachineState.STOPPED
    script.append(Happening(last, state, "exit", "stopped", exit=ended, logs=(farewell,)))
    return script
