"""What happened to machines."""

from __future__ import annotations

from attrs import frozen


@frozen
class Exit:
    """
    How a machine's main process ended.

    Attributes:
        exit_code: 0 may also mean that it is not known: flyctl leaves zeros out.
    """

    exit_code: int = 0
    oom_killed: bool = False
    requested_stop: bool = False
    restarting: bool = False


@frozen
class MonitorEvent:
    """Where some events carry their exit."""

    exit_event: Exit | None = None


@frozen
class EventRequest:
    """What an event was about."""

    exit_event: Exit | None = None
    monitor_event: MonitorEvent | None = None
    restart_count: int = 0


@frozen
class MachineEvent:
    """
    Something that happened to a machine.

    Attributes:
        timestamp: Milliseconds since 1970.
    """

    type: str
    status: str = ""
    source: str = ""
    timestamp: int = 0
    request: EventRequest | None = None

    @property
    def is_start(self) -> bool:
        """Whether its process was started."""
        return self.type == "start"

    @property
    def is_beginning(self) -> bool:
        """Whether nothing before it says how the machine does now."""
        return self.type in ("launch", "start", "update")

    @property
    def exit(self) -> Exit | None:
        """The end of its process, if this is one."""
        if self.request is None:
            return None
        if self.request.monitor_event is not None:
            return self.request.exit_event or self.request.monitor_event.exit_event
        return self.request.exit_event
