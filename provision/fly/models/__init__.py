"""What Fly says exists, in Fly's words, a module a noun."""

from __future__ import annotations

from provision.fly.models.addresses import AppOrganizationSlug, IPAddress, IPNetwork, IPType
from provision.fly.models.apps import App, AppOrganization
from provision.fly.models.checks import Check, CheckStatus
from provision.fly.models.events import EventRequest, Exit, MachineEvent, MonitorEvent
from provision.fly.models.flyctl import FlyctlVersion, Identity
from provision.fly.models.logs import LogEntry
from provision.fly.models.machines import ImageRef, Lease, LeaseData, Machine, MachineState
from provision.fly.models.organizations import Organization, ReplaySetting
from provision.fly.models.releases import Release, ReleaseStatus
from provision.fly.models.scale import ScaleGroup
from provision.fly.models.secrets import SecretState, SecretStatus
from provision.fly.models.tokens import Macaroon, limit_of
from provision.fly.models.unknown import Unknown
from provision.fly.models.volumes import Volume

__all__ = [
    "App",
    "AppOrganization",
    "AppOrganizationSlug",
    "Check",
    "CheckStatus",
    "EventRequest",
    "Exit",
    "FlyctlVersion",
    "IPAddress",
    "IPNetwork",
    "IPType",
    "Identity",
    "ImageRef",
    "Lease",
    "LeaseData",
    "LogEntry",
    "Macaroon",
    "Machine",
    "MachineEvent",
    "MachineState",
    "MonitorEvent",
    "Organization",
    "Release",
    "ReleaseStatus",
    "ReplaySetting",
    "ScaleGroup",
    "SecretState",
    "SecretStatus",
    "Unknown",
    "Volume",
    "limit_of",
]
