"""The report: what was asked, what exists, what was found, what ran; the shape of the JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import field, frozen

FORMAT_VERSION = "1.0"
"""Rises by a minor number when something is added, by a major one when something changes."""


@frozen(kw_only=True)
class RunSection:
    """
    The run itself.

    Attributes:
        status: ``succeeded``, ``failed`` or ``interrupted``.
        started_at: UTC, RFC 3339; as are all moments.
        duration_ms: By the monotonic clock.
        mode: ``live``, ``rehearsal`` or ``dry-run``.
        journals: Files with every event, a line each; one for each workflow.
    """

    id: str
    command: str
    environment: str
    status: str
    exit_code: int
    started_at: str
    finished_at: str
    duration_ms: int
    mode: str
    interrupted: bool
    journals: Sequence[str] = ()


@frozen(kw_only=True)
class FlyctlSection:
    """
    The flyctl that was called.

    Attributes:
        environment: ``production`` for a release.
        checked: The releases that provision was checked with.
    """

    version: str
    environment: str
    checked: str


@frozen(kw_only=True)
class ToolSection:
    """What made this report; flyctl is missing where it was not asked."""

    provision: str
    python: str
    flyctl: FlyctlSection | None = None


@frozen(kw_only=True)
class SourceSection:
    """What was asked: the manifest and its fingerprint."""

    manifest: str
    manifest_sha256: str


@frozen(kw_only=True)
class IdentitySection:
    """As whom Fly knows the token."""

    whoami: str


@frozen(kw_only=True)
class OrgSection:
    """The organization as it was read back."""

    slug: str
    name: str
    id: str
    viewer_role: str | None


@frozen(kw_only=True)
class NetworkSection:
    """The private network of the apps."""

    name: str


@frozen(kw_only=True)
class DifferenceSection:
    """One value that is not as declared."""

    path: str
    want: Any
    have: Any


@frozen(kw_only=True)
class ConfigSection:
    """The fly.toml of an app, and where its machines differ from it."""

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
class AppSection:
    """
    An app.

    Attributes:
        outcome: What became of its part of the run: as a job's, or ``not run``.
        sync: Whether it is configured as declared.
        health: How it does.
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


@frozen(kw_only=True)
class StepSection:
    """
    A command that was run, or in a dry run one that would be.

    Attributes:
        phase: The workflow it belongs to.
        when: In a dry run: ``always``, or what it depends on.
    """

    id: str
    phase: str
    app: str | None
    outcome: str
    command: str
    reason: str = ""
    exit_code: int | None = None
    attempts: int | None = None
    started_ms: int | None = None
    duration_ms: int | None = None
    when: str | None = None


@frozen(kw_only=True)
class ChangeSection:
    """Something that was made, updated or destroyed, by the command that did it."""

    step: str
    app: str | None
    command: str
    outcome: str


@frozen(kw_only=True)
class ChangesSection:
    """Everything that was changed; all empty when nothing had to be."""

    created: Sequence[ChangeSection] = ()
    updated: Sequence[ChangeSection] = ()
    destroyed: Sequence[ChangeSection] = ()


@frozen(kw_only=True)
class FindingSection:
    """Something that is not as declared, or cannot be proven to be."""

    code: str
    app: str | None
    where: str
    expected: str
    observed: str


@frozen(kw_only=True)
class WarningSection:
    """
    Something worth knowing that changes nothing.

    Attributes:
        app: The app's name in the manifest; missing for what concerns none alone.
    """

    code: str
    message: str
    app: str | None = None


@frozen(kw_only=True)
class ExaminedSection:
    """
    One thing that `provision doctor` looked at.

    Attributes:
        verdict: ``good``, ``bad``, or ``unknown`` for what could not be looked at.
    """

    name: str
    verdict: str
    found: str
    hint: str


@frozen(kw_only=True)
class ErrorSection:
    """Why the run failed; hint says what to do next, where we know."""

    code: str
    message: str
    app: str | None
    hint: str


@frozen(kw_only=True)
class DiagnosticSection:
    """
    What was learned of an app that failed.

    Attributes:
        logs: Its last lines.
        no_logs: Why there are none; "" if there are some.
        events: The last events of its machines, the newest first.
        leases: Who works on which of its machines, and until when.
    """

    app: str
    logs: Sequence[str] = ()
    no_logs: str = ""
    events: Sequence[str] = ()
    leases: Sequence[str] = ()


@frozen(kw_only=True)
class SummarySection:
    """The run in five numbers."""

    apps: int
    healthy: int
    failed: int
    skipped: int
    changed: int


@frozen(kw_only=True)
class Report:
    """
    Everything there is to say of one run.

    Attributes:
        examined: What `provision doctor` looked at; of no other command.
        findings: What is not as declared.
        unproven: What may be as declared, and cannot be proven to be.
    """

    run: RunSection
    tool: ToolSection
    source: SourceSection | None = None
    identity: IdentitySection | None = None
    org: OrgSection | None = None
    network: NetworkSection | None = None
    apps: Mapping[str, AppSection] = field(factory=dict)
    examined: Sequence[ExaminedSection] | None = None
    steps: Sequence[StepSection] = ()
    changes: ChangesSection = ChangesSection()
    findings: Sequence[FindingSection] = ()
    unproven: Sequence[FindingSection] = ()
    warnings: Sequence[WarningSection] = ()
    errors: Sequence[ErrorSection] = ()
    diagnostics: Sequence[DiagnosticSection] = ()
    summary: SummarySection | None = None
    format_version: str = FORMAT_VERSION
    kind: str = "provision.report"
