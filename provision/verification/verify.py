"""Judges what was read back: pure, and trusting nothing that was said when it was done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from provision.fly.models import (
    Check,
    CheckStatus,
    IPAddress,
    IPType,
    Machine,
    MachineState,
    ReleaseStatus,
)
from provision.manifest import Exposure
from provision.plan import machines_of
from provision.plan.images import runs_image
from provision.plan.sync import out_of_sync
from provision.platform import Platform, PlatformApp
from provision.verification import answering, volumes
from provision.verification.finding import UNCHECKED, Finding, NotVerified, Severity
from provision.verification.observe import SeenApp, SeenOrg

BUILDER = "fly-builder-"
"""How the names of Fly's own apps for building begin; they are nobody's surplus."""


def verify_org(platform: Platform, seen: SeenOrg) -> tuple[Finding, ...]:
    """
    What is wrong with the organization itself; () when all is as declared.

    That it is missing is the only finding then. Apps that are not in the manifest are `UNPROVEN`:
    somebody may want them.
    """
    org = platform.manifest.org
    if seen.organization is None:
        return (Finding("org-missing", "org", f"organization {org.slug}", "none the token sees"),)
    findings = []
    if seen.organization.name != org.name:
        name = seen.organization.name
        findings.append(Finding("org-name", "org.name", repr(org.name), repr(name)))
    if seen.replays_cross is False:
        where = "network.cross_network_replay"
        findings.append(Finding("org-replays", where, "allowed", "not allowed"))
    for found in seen.apps:
        if platform.app_named(found.name) is None and not found.name.startswith(BUILDER):
            expected = "no app outside the manifest"
            findings.append(
                Finding("foreign-app", "apps", expected, found.name, severity=Severity.UNPROVEN)
            )
    return tuple(findings)


def verify_app(app: PlatformApp, seen: SeenApp) -> tuple[Finding, ...]:
    """
    What is wrong with *app*; () when all is as declared.

    Nothing is asked: all is judged by what was *seen*, crashes by when it was.
    """
    if seen.app is None:
        missing = "none the token sees in the organization"
        return (Finding("app-missing", "app", f"app {app.name}", missing, app.key),)
    return (
        *_network(app, seen),
        *_addresses(app, seen.addresses),
        *_secrets(app, seen),
        *volumes.judged(app, seen),
        *_machine_counts(app, seen.machines),
        *_releases(app, seen),
        *answering.judged(app, seen),
        *(finding for machine in seen.mine for finding in _machine(app, machine, seen.at)),
    )


def prove(app: PlatformApp, seen: SeenApp, *, is_asked: bool = True) -> None:
    """
    Judge what was read of *app*.

    Args:
        app: What is declared.
        seen: What was read.
        is_asked: Whether it was asked already, if it is to be: until then its answer may prove
            what nothing else does.

    Raises:
        NotVerified: it is not as declared.
    """
    errors = [f for f in verify_app(app, seen) if f.severity is Severity.ERROR]
    if not is_asked:
        errors = [f for f in errors if f.code != UNCHECKED]
    if errors:
        raise NotVerified(errors)


def _network(app: PlatformApp, seen: SeenApp) -> Iterator[Finding]:
    if seen.app is not None and seen.app.network != app.network:
        yield Finding("app-network", "network", app.network, seen.app.network, app.key)


def _addresses(app: PlatformApp, addresses: Sequence[IPAddress]) -> Iterator[Finding]:
    wanted = Counter(
        {
            **{f"Flycast address for {network}": 1 for network in app.flycast_networks},
            **{f"{kind.value} address": 1 for kind in app.declared.public_ips},
        }
    )
    found = Counter(map(_kind, addresses))
    for kind in sorted(wanted | found):
        if wanted[kind] != found[kind]:
            shown = ", ".join(a.address for a in addresses if _kind(a) == kind) or "none"
            is_breach = (
                app.declared.exposure is not Exposure.PUBLIC
                and found[kind]
                and any(
                    isinstance(a.type, IPType) and a.type.is_public
                    for a in addresses
                    if _kind(a) == kind
                )
            )
            code = "exposure-breach" if is_breach else "address"
            yield Finding(code, "addresses", f"{wanted[kind] or 'no'} {kind}", shown, app.key)


def _kind(address: IPAddress) -> str:
    if address.type is IPType.PRIVATE_V6:
        return f"Flycast address for {address.from_network}"
    name = address.type.value if isinstance(address.type, IPType) else str(address.type)
    return f"{name} address"


def _secrets(app: PlatformApp, seen: SeenApp) -> Iterator[Finding]:
    known = {secret.name: secret for secret in seen.secrets}
    for name in app.declared.secrets:
        if name not in known:
            yield Finding("secret-missing", f"secrets.{name}", "set", "not there", app.key)
            continue
        yield Finding(
            "secret-value",
            f"secrets.{name}",
            "the declared value",
            f"a value with digest {known[name].digest}: Fly shows no more",
            app.key,
            Severity.UNPROVEN,
        )
    for name in sorted(known.keys() - set(app.declared.secrets)):
        expected = "no secret outside the manifest"
        yield Finding("foreign-secret", "secrets", expected, name, app.key, Severity.UNPROVEN)


def _releases(app: PlatformApp, seen: SeenApp) -> Iterator[Finding]:
    """What does not listen only shows in a deploy; a release without an end blocks nobody."""
    if seen.deployed is not None and seen.deployed.is_deaf:
        expected, observed = "a listener at each internal port", "none, flyctl says"
        yield Finding("machine-deaf", "services", expected, observed, app.key)
    for release in seen.releases[:1]:
        if release.status in (ReleaseStatus.PENDING, ReleaseStatus.RUNNING):
            where, expected = f"releases.v{release.version}", "complete"
            observed = f"{release.status.value} since {release.created_at}"
            yield Finding(
                "release-unfinished", where, expected, observed, app.key, Severity.UNPROVEN
            )


def _machine_counts(app: PlatformApp, machines: Sequence[Machine]) -> Iterator[Finding]:
    for group, wanted in app.declared.machines.items():
        found = machines_of(machines, group)
        if len(found) != wanted:
            names = ", ".join(f"{m.id} (since {m.created_at})" for m in found) or "none"
            observed = f"{len(found)}: {names}"
            yield Finding("machine-count", f"machines.{group}", str(wanted), observed, app.key)
    for machine in machines:
        if not machine.is_of_app and not machine.is_gone and not machine.group:
            expected = "only machines of deploys"
            yield Finding("machine-stranger", "machines", expected, machine.id, app.key)


def _machine(app: PlatformApp, machine: Machine, now: float) -> Iterator[Finding]:
    where = f"machines.{machine.id}"
    is_standby = bool(machine.config.get("standbys"))
    if not is_standby and (reason := _bad_state(app, machine, now)):
        expected = "started or idle" if app.may_sleep(machine.group) else "started"
        yield Finding("machine-state", f"{where}.state", expected, reason, app.key)
    for check in machine.checks:
        if machine.state is MachineState.STARTED and check.status is not CheckStatus.PASSING:
            expected, observed = "passing", _check(check)
            yield Finding(
                "machine-check", f"{where}.checks.{check.name}", expected, observed, app.key
            )
    if not machine.is_reachable or machine.cordoned:
        observed = "cordoned" if machine.cordoned else f"host {machine.host_status}"
        yield Finding("machine-host", f"{where}.host", "ok", observed, app.key)
    if app.region is not None and machine.region != app.region:
        yield Finding(
            "machine-region",
            f"{where}.region",
            app.region,
            machine.region,
            app.key,
            hint=f"remove it, and run again: fly machine destroy {machine.id} -a {app.name}",
        )
    if not runs_image(app, machine):
        wanted = app.image or f"one with the tag {app.image_label}"
        yield Finding("machine-image", f"{where}.image", wanted, str(machine.image_ref), app.key)
    if not is_standby:
        for difference in out_of_sync(app, machine):
            yield Finding(
                "machine-config",
                f"{where}.config.{difference.path}",
                repr(difference.want),
                repr(difference.have),
                app.key,
            )


def _bad_state(app: PlatformApp, machine: Machine, now: float) -> str | None:
    """Why the state of *machine* is not one it may be in; None if it is."""
    asleep = machine.state in (MachineState.STOPPED, MachineState.SUSPENDED)
    may_sleep = app.may_sleep(machine.group) and not machine.has_crashed
    is_up = machine.state is MachineState.STARTED and not machine.has_just_recovered(now)
    if is_up or (asleep and may_sleep):
        return None
    state = machine.state.value if isinstance(machine.state, MachineState) else str(machine.state)
    last = machine.last_exit
    if last is None or not machine.has_crashed:
        return state
    why = "out of memory" if last.oom_killed else f"exit code {last.exit_code}"
    return f"{state} after {why}"


def _check(check: Check) -> str:
    status = check.status
    shown = "no result" if status is None else getattr(status, "value", str(status))
    return f"{shown}: {check.output}" if check.output else shown
