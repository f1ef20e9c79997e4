"""A fly.<name>.toml as flyctl reads it, and the machines that a deploy makes of it."""

from provision.fly_config.config import Definition, FlyConfig
from provision.fly_config.difference import Difference, differences
from provision.fly_config.file import load
from provision.fly_config.groups import (
    UnknownProcessGroup,
    autostop,
    default_group,
    process_groups,
)
from provision.fly_config.machine import machine_config
from provision.fly_config.machine_model import MachineConfig
from provision.fly_config.service import Autostop

__all__ = [
    "Autostop",
    "Definition",
    "Difference",
    "FlyConfig",
    "MachineConfig",
    "UnknownProcessGroup",
    "autostop",
    "default_group",
    "differences",
    "load",
    "machine_config",
    "process_groups",
]
