"""What a fly.<name>.toml says, in Fly's words."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from attrs import field, frozen

from provision.errors import Problem
from provision.fly_config.check import MachineCheck, TopLevelCheck
from provision.fly_config.duration import Duration
from provision.fly_config.place import written
from provision.fly_config.sections import (
    Build,
    Compute,
    Deploy,
    Experimental,
    File,
    Metrics,
    Mount,
    Restart,
    Static,
)
from provision.fly_config.service import HTTPService, Service
from provision.toml_file import KeyPath, TomlFile


@frozen
class Definition:
    """
    Every key of a fly.toml, old spellings brought up to date.

    Text that is not said is "", as it is for flyctl; None is kept for what may be said to be empty.

    Attributes:
        processes: Command line of each process group; "" leaves the choice to the image.
        machine_config: Containers, as JSON or as the path of a file.

    Source: flyctl internal/appconfig/config.go
    """

    app: str = ""
    primary_region: str = ""
    kill_signal: str | None = None
    kill_timeout: Duration | None = None
    swap_size_mb: int | None = None
    console_command: str = ""
    experimental: Experimental | None = None
    build: Build | None = None
    deploy: Deploy | None = None
    env: Mapping[str, str] = field(factory=dict)
    processes: Mapping[str, str] = field(factory=dict)
    mounts: tuple[Mount, ...] = ()
    http_service: HTTPService | None = None
    services: tuple[Service, ...] = ()
    checks: Mapping[str, TopLevelCheck] = field(factory=dict)
    files: tuple[File, ...] = ()
    host_dedication_id: str = ""
    machine_config: str = ""
    container: str = ""
    machine_checks: tuple[MachineCheck, ...] = ()
    restart: tuple[Restart, ...] = ()
    vm: tuple[Compute, ...] = ()
    statics: tuple[Static, ...] = ()
    metrics: tuple[Metrics, ...] = ()

    @property
    def all_services(self) -> tuple[Service, ...]:
        """The http_service, if there is one, in front of the services."""
        http = () if self.http_service is None else (self.http_service.service,)
        return (*http, *self.services)


@frozen(kw_only=True)
class FlyConfig(Definition):
    """
    A fly.<name>.toml that flyctl accepts.

    Attributes:
        file: Where it was read.
        ignored: Keys that flyctl does not know and reads past without a word.
        warnings: What flyctl accepts although it will hardly do what its author meant.
    """

    file: TomlFile = field(eq=False, repr=False)
    ignored: tuple[Problem, ...] = field(default=(), eq=False)
    warnings: tuple[Problem, ...] = field(default=(), eq=False)

    @property
    def path(self) -> Path:
        """The file itself."""
        return self.file.path

    def problem(self, where: KeyPath, message: str) -> Problem:
        """A `Problem` at *where*, told as the file spells it, with its line."""
        return self.file.problem(written(self.file.content, where), message)
