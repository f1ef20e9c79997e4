"""The section on an app, and its parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import frozen


@frozen(kw_only=True)
class DifferenceSection:
    """One value that is not as declared."""

    path: str
    want: Any
    have: Any


@frozen(kw_only=True)
class ConfigSection:
    """
    The fly.toml of an app, and where its machines differ from it.

    Attributes:
        path: From the folder the program ran in if it is in there, else from the root.
        sha256: Of the file.
    """

    path: str
    sha256: str
    differences: Sequence[DifferenceSection] = ()


@frozen(kw_only=True)
class AddressSection:
    """An address; from_network is missing for public ones."""

    address: str
    type: str
    from_network: str | None = None


@frozen(kw_only=True)
class ExposureSection:
    """Who is to reach an app, and by which addresses it can be."""

    want: str
    public_ips: Sequence[AddressSection] = ()
    flycast: Sequence[AddressSection] = ()


@frozen(kw_only=True)
class SecretSection:
    """A secret, without its value."""

    name: str
    digest: str
    status: str | None
    source: str


@frozen(kw_only=True)
class ReleaseSection:
    """The latest release of an app."""

    version: int
    id: str
    status: str
    image_ref: str


@frozen(kw_only=True)
class CheckSection:
    """The latest result of a check."""

    name: str
    status: str | None
    output: str


@frozen(kw_only=True)
class MachineSection:
    """A machine."""

    id: str
    group: str
    state: str
    region: str
    private_ip: str
    image_ref: str
    host_status: str
    cordoned: bool
    release_version: int | None
    checks: Sequence[CheckSection] = ()


@frozen(kw_only=True)
class MachinesSection:
    """How many machines are declared in each process group, and which there are."""

    want: Mapping[str, int]
    have: Sequence[MachineSection] = ()


@frozen(kw_only=True)
class VolumeSection:
    """A volume."""

    id: str
    name: str
    region: str
    zone: str
    size_gb: int
    attached_machine_id: str | None


@frozen(kw_only=True)
class ProbeSection:
    """
    What an app answered its probe.

    Attributes:
        outcome: ``answered`` as declared; else what became of the last try, e.g. ``not_resolved``.
        status: The HTTP status of the last response; null where there was none.
        woke: Whether its machines slept before, and one ran afterwards.
        ms: From the first try to the end of the last.
    """

    url: str
    outcome: str
    status: int | None
    woke: bool
    ms: int
    tries: int


@frozen(kw_only=True)
class AppSection:
    """
    An app.

    Attributes:
        outcome: What became of its part of the run: as a job's, or ``not run``; ``failed`` as well
            if it was read back and is not as declared.
        cause: Why it did not succeed; "" if it did.
        sync: Whether it is configured as declared.
        health: How it does.
        probe: Missing where the app was not asked.
    """

    name: str
    id: str | None
    hostname: str
    network: str
    outcome: str
    cause: str
    sync: str
    health: str
    config: ConfigSection
    exposure: ExposureSection
    machines: MachinesSection
    secrets: Sequence[SecretSection] = ()
    release: ReleaseSection | None = None
    volumes: Sequence[VolumeSection] = ()
    probe: ProbeSection | None = None
