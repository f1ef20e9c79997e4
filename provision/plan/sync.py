"""Whether a machine is what a deploy of its app would make of it."""

from __future__ import annotations

from provision.fly.models import Machine
from provision.fly_config.difference import Difference, differences
from provision.platform import PlatformApp


def out_of_sync(app: PlatformApp, machine: Machine) -> tuple[Difference, ...]:
    """
    Where the config of *machine* is not what the fly.toml and the manifest say.

    Nowhere, as far as can be told, for one whose host cannot be reached.
    """
    if not machine.is_reachable:
        return ()
    if machine.group not in app.groups:
        return (Difference("metadata.fly_process_group", list(app.groups), machine.group),)
    return differences(app.machine(machine.group), machine.config)
