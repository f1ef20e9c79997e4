"""A fly.<name>.toml as flyctl reads it."""

from provision.fly_config.config import Definition, FlyConfig
from provision.fly_config.file import load
from provision.fly_config.groups import (
    UnknownProcessGroup,
    autostop,
    default_group,
    process_groups,
)
from provision.fly_config.service import Autostop

__all__ = [
    "Autostop",
    "Definition",
    "FlyConfig",
    "UnknownProcessGroup",
    "autostop",
    "default_group",
    "load",
    "process_groups",
]
