"""A fly.<name>.toml as flyctl reads it, and the machines that a deploy makes of it."""

from provision.fly_config.address import Addresses, addresses
from provision.fly_config.config import Definition, FlyConfig
from provision.fly_config.difference import Difference, differences
from provision.fly_config.file import load
from provision.fly_config.groups import (
    UnknownProcessGroup,
    autostop,
    default_group,
    process_groups,
)
from provision.fly_config.image import dockerfile, image
from provision.fly_config.machine import machine_config
from provision.fly_config.machine_model import MachineConfig
from provision.fly_config.service import Autostop
from provision.fly_config.size import DiskSize, Memory
from provision.fly_config.volume import NeededVolume, needed_volumes

__all__ = [
    "Addresses",
    "Autostop",
    "Definition",
    "Difference",
    "DiskSize",
    "FlyConfig",
    "MachineConfig",
    "Memory",
    "NeededVolume",
    "UnknownProcessGroup",
    "addresses",
    "autostop",
    "default_group",
    "differences",
    "dockerfile",
    "image",
    "load",
    "machine_config",
    "needed_volumes",
    "process_groups",
]
