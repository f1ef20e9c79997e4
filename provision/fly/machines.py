"""``fly machine``: VMs."""

from __future__ import annotations

from procman import Retry, Step, nothing
from provision.fly.client import Fly
from provision.fly.errors import WrongState
from provision.fly.models import Machine


def list_(fly: Fly, *, app: str) -> Step[list[Machine]]:
    """
    Every machine of *app*: those of deploys, of release commands, and those made by hand.

    Source: flyctl internal/command/machine/list.go
    """
    return fly.query("machine.list", "machine", "list", "-a", app, "--json", into=list[Machine])


def start(fly: Fly, machine: str, *, app: str) -> Step[None]:
    """
    Start *machine* of *app*; one that runs already stays as it is.

    One that is on its way from one state to another is refused, and tried again.

    Source: flyctl internal/command/machine/start.go
    """
    command = fly.command("machine", "start", machine, "-a", app)
    again = Retry(on=(WrongState,), attempts=4, delay=0.5, max_delay=4.0)
    return fly.acting("machine.start", command, parse=nothing, retry=again)
