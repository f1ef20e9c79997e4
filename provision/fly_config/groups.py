"""Process groups: which there are, and which sections of a fly.toml belong to each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

from provision.errors import ProvisionError, did_you_mean
from provision.fly_config.config import Definition
from provision.fly_config.service import Autostop, Service

_APP = "app"


class Grouped(Protocol):
    """A section that says which process groups it belongs to."""

    @property
    def processes(self) -> tuple[str, ...]:
        """Names of the groups; the default group if empty."""
        ...


Section = TypeVar("Section", bound=Grouped)


class UnknownProcessGroup(ProvisionError):
    """Raised for a process group that the fly.toml does not have."""

    def __init__(self, group: str, known: Sequence[str]) -> None:
        self.group = group
        self.known = tuple(known)
        super().__init__(group, self.known)

    def __str__(self) -> str:
        return f"no process group is called {self.group!r}; {did_you_mean(self.group, self.known)}"


def process_groups(config: Definition) -> tuple[str, ...]:
    """
    Names of the process groups, sorted; ``app`` where none is declared.

    Source: flyctl internal/appconfig/processgroups.go
    """
    return tuple(sorted(config.processes)) or (_APP,)


def default_group(config: Definition) -> str:
    """
    The group of all that names none: ``app``, or the alphabetically first one.

    Source: flyctl internal/appconfig/processgroups.go
    """
    groups = process_groups(config)
    return _APP if _APP in groups else groups[0]


def of_group(config: Definition, group: str, sections: Sequence[Section]) -> tuple[Section, ...]:
    """Those of *sections* that belong to *group*."""
    names = {group, ""} if group == default_group(config) else {group}
    return tuple(one for one in sections if names & set(one.processes or ("",)))


def services_of(config: Definition, group: str) -> tuple[Service, ...]:
    """Services of *group*, that of the http_service first."""
    return of_group(config, group, config.all_services)


def autostop(config: Definition, group: str) -> Autostop:
    """
    What becomes of machines of *group* when nobody talks to them.

    Of several services the one that keeps machines up longest decides.

    Source: flyctl internal/command/deploy/machines_deploymachinesapp.go
    """
    said = {service.auto_stop_machines or Autostop.OFF for service in services_of(config, group)}
    longest_up = (Autostop.OFF, Autostop.STOP, Autostop.SUSPEND)
    return next((choice for choice in longest_up if choice in said), Autostop.OFF)
