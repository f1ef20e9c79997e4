"""The section of one app: what is declared beside what was read back."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from procman import JobRecord, Outcome
from provision.fly.models import Check, IPAddress, IPType, Machine
from provision.plan.sync import out_of_sync
from provision.platform import Platform, PlatformApp
from provision.report.models import (
    NOT_RUN,
    AddressSection,
    AppSection,
    CheckSection,
    ConfigSection,
    DifferenceSection,
    ExposureSection,
    MachineSection,
    MachinesSection,
    ProbeSection,
    ReleaseSection,
    SecretSection,
    VolumeSection,
)
from provision.report.paths import named
from provision.verification.condition import Health, Sync, health_of, sync_of
from provision.verification.finding import Finding, Severity
from provision.verification.observe import SeenApp
from provision.verification.verify import verify_app


def app_section(
    platform: Platform,
    app: PlatformApp,
    record: JobRecord | None,
    seen: SeenApp | None,
    findings: Sequence[Finding],
) -> AppSection:
    """
    What there is to say of *app*.

    Args:
        platform: It belongs to.
        app: What is declared.
        record: Of the job that was to make it; None where there was none.
        seen: What was read back; None where that was not reached.
        findings: About this app.
    """
    # A drift tells nothing of how machines do: they are judged here, what it tells or not.
    health = health_of(app, seen, verify_app(app, seen)) if seen else Health.UNKNOWN
    outcome, cause = _outcome(record, health, findings)
    return AppSection(
        name=app.name,
        id=seen.app.id if seen and seen.app else None,
        hostname=app.declared.hostname,
        network=app.network,
        outcome=outcome,
        cause=cause,
        sync=(sync_of(findings) if seen and seen.app else Sync.UNKNOWN).value,
        health=health.value,
        config=_config(app, seen),
        exposure=_exposure(app, seen.addresses if seen else ()),
        machines=_machines(app, seen.machines if seen else ()),
        secrets=_secrets(platform, app, seen),
        release=_release(seen),
        volumes=_volumes(seen),
        probe=_probe(seen),
    )


def _outcome(
    record: JobRecord | None, health: Health, findings: Sequence[Finding]
) -> tuple[str, str]:
    """What became of an app, and why; to have read that it is not as declared is no success."""
    if record is None or record.outcome is None:
        return NOT_RUN, ""
    if record.outcome is Outcome.SUCCEEDED:
        wrong = [str(f) for f in findings if f.severity is Severity.ERROR]
        if wrong or health is Health.MISSING:
            return Outcome.FAILED.value, "; ".join(wrong) or "missing, as its organization is"
    return record.outcome.value, record.cause


def _config(app: PlatformApp, seen: SeenApp | None) -> ConfigSection:
    machines = [m for m in seen.machines if m.is_of_app and not m.is_gone] if seen else []
    return ConfigSection(
        path=named(app.config.path),
        sha256=hashlib.sha256(app.config.path.read_bytes()).hexdigest(),
        differences=[
            DifferenceSection(path=f"{machine.id}.{each.path}", want=each.want, have=each.have)
            for machine in machines
            if not machine.config.get("standbys")
            for each in out_of_sync(app, machine)
        ],
    )


def _exposure(app: PlatformApp, addresses: Sequence[IPAddress]) -> ExposureSection:
    private = [a for a in addresses if a.type is IPType.PRIVATE_V6]
    public = [a for a in addresses if a.type is not IPType.PRIVATE_V6]
    return ExposureSection(
        want=app.declared.exposure.value,
        public_ips=list(map(_address, public)),
        flycast=list(map(_address, private)),
    )


def _address(address: IPAddress) -> AddressSection:
    kind = address.type.value if isinstance(address.type, IPType) else str(address.type)
    return AddressSection(address=address.address, type=kind, from_network=address.from_network)


def _machines(app: PlatformApp, machines: Sequence[Machine]) -> MachinesSection:
    return MachinesSection(
        want=dict(app.declared.machines),
        have=[_machine(machine) for machine in machines if not machine.is_gone],
    )


def _machine(machine: Machine) -> MachineSection:
    return MachineSection(
        id=machine.id,
        group=machine.group,
        state=getattr(machine.state, "value", str(machine.state)),
        region=machine.region,
        private_ip=machine.private_ip,
        image_ref=str(machine.image_ref),
        host_status=machine.host_status,
        cordoned=machine.cordoned,
        release_version=machine.release_version,
        checks=list(map(_check, machine.checks)),
    )


def _check(check: Check) -> CheckSection:
    status = None if check.status is None else getattr(check.status, "value", str(check.status))
    return CheckSection(name=check.name, status=status, output=check.output)


def _secrets(platform: Platform, app: PlatformApp, seen: SeenApp | None) -> Sequence[SecretSection]:
    known = {secret.name: secret for secret in seen.secrets} if seen else {}
    return [
        SecretSection(
            name=name,
            digest=known[name].digest,
            status=getattr(known[name].status, "value", str(known[name].status)),
            source=platform.manifest.secrets[name].from_,
        )
        for name in app.declared.secrets
        if name in known
    ]


def _release(seen: SeenApp | None) -> ReleaseSection | None:
    if seen is None or not seen.releases:
        return None
    latest = seen.releases[0]
    status = getattr(latest.status, "value", str(latest.status))
    return ReleaseSection(
        version=latest.version, id=latest.id, status=status, image_ref=latest.image_ref
    )


def _volumes(seen: SeenApp | None) -> Sequence[VolumeSection]:
    return [
        VolumeSection(
            id=volume.id,
            name=volume.name,
            region=volume.region,
            zone=volume.zone,
            size_gb=volume.size_gb,
            attached_machine_id=volume.attached_machine_id,
        )
        for volume in (seen.volumes if seen else ())
    ]


def _probe(seen: SeenApp | None) -> ProbeSection | None:
    if seen is None or seen.probed is None:
        return None
    found = seen.probed
    return ProbeSection(
        url=found.url,
        outcome=found.outcome.value,
        status=found.status,
        woke=found.woke,
        ms=round(found.seconds * 1000),
        tries=found.tries,
    )
