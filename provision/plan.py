"""What there is to do, decided from what was seen: pure, so that it can be shown beforehand."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from typing import Any

from attrs import frozen

from procman import Step
from provision.errors import PreconditionFailed, Refused
from provision.fly import apps, deploys, ips, machines, orgs, scale, secrets
from provision.fly.deploys import Deploy, Deployed
from provision.fly.models import (
    App,
    IPAddress,
    IPType,
    Machine,
    MachineState,
    SecretState,
    SecretStatus,
)
from provision.images import runs_image
from provision.manifest import PublicIP
from provision.platform import PlatformApp
from provision.session import Session
from provision.sync import out_of_sync

FOR_FLYCTL = 0.75
"""
How much of the time of a deploy flyctl may wait for one machine: where that is too little, it
has time left to say so, and why.
"""


class Action(enum.Enum):
    """What a change does to the thing it is about."""

    CREATE = "create"
    UPDATE = "update"
    DESTROY = "destroy"


@frozen
class Change:
    """
    One thing to do, and the command that does it.

    Attributes:
        action: To the thing.
        what: The thing, for a person: ``app acme-nfs``.
        reason: Why it is to be done.
        step: The command.
        app: The app's name in the manifest; None for what belongs to the organization.
    """

    action: Action
    what: str
    reason: str
    step: Step[Any]
    app: str | None = None


def org_changes(session: Session, names: Mapping[str, str]) -> tuple[Change, ...]:
    """
    What is to be done about the organization.

    Args:
        session: The run.
        names: The name of every organization the token sees, by slug.

    Raises:
        PreconditionFailed: it is missing and may not be created.
        Refused: its name belongs to another slug, or to several.
    """
    org = session.platform.manifest.org
    if org.slug in names:
        return ()
    namesakes = sorted(slug for slug, name in names.items() if name == org.name)
    if len(namesakes) > 1:
        raise Refused(
            f"several organizations are called {org.name!r}: {', '.join(namesakes)}",
            "write the slug of the one that is meant into the manifest",
        )
    if namesakes:
        raise Refused(
            f"the organization {org.name!r} has the slug {namesakes[0]}, not {org.slug}",
            "Fly chooses slugs: write it into the manifest, or choose another name",
        )
    if not org.create:
        raise PreconditionFailed(
            f"there is no organization {org.slug} that the token sees",
            "create it, or say create = true under [org] in the manifest",
        )
    return (
        Change(
            Action.CREATE,
            f"organization {org.name}",
            f"the token sees no organization {org.slug}",
            orgs.create(session.fly, org.name),
        ),
    )


def app_changes(session: Session, app: PlatformApp, existing: Sequence[App]) -> tuple[Change, ...]:
    """
    What is to be done for *app* to exist.

    Args:
        session: The run.
        app: What is asked for.
        existing: Every app the token sees, of whatever organization.

    Raises:
        Refused: it exists in another organization, or on another network.
    """
    slug, network = session.platform.manifest.org.slug, app.network
    found = app.found_in(existing)
    if found is None:
        return (
            Change(
                Action.CREATE,
                f"app {app.name}",
                f"the token sees no app of that name in {slug}",
                apps.create(session.fly, app.name, org=slug, network=network),
                app.key,
            ),
        )
    if found.organization.slug != slug:
        raise Refused(
            f"app {app.name} belongs to {found.organization.slug}, not to {slug}",
            "app names are unique across all of Fly; nothing in another organization is touched",
        )
    if found.network != network:
        raise Refused(
            f"app {app.name} is on network {found.network}, not on {network}",
            "an app cannot change its network: destroy it, or declare the network it is on",
        )
    return ()


def address_changes(
    session: Session, app: PlatformApp, existing: Sequence[IPAddress]
) -> tuple[Change, ...]:
    """The addresses that *app* declares and lacks; surplus ones are the verification's affair."""
    reached_from = {a.from_network for a in existing if a.type is IPType.PRIVATE_V6}
    kinds = {a.type for a in existing}
    flycast = [network for network in app.flycast_networks if network not in reached_from]
    public = [kind for kind in map(_ip_type, app.declared.public_ips) if kind not in kinds]
    org = session.platform.manifest.org.slug
    return (
        *(
            Change(
                Action.CREATE,
                f"Flycast address of {app.name} for network {network}",
                "declared, and not there",
                ips.allocate_private(session.fly, app=app.name, org=org, network=network),
                app.key,
            )
            for network in flycast
        ),
        *(
            Change(
                Action.CREATE,
                f"{kind.value} address of {app.name}",
                "declared, and not there",
                ips.allocate_public(session.fly, kind, app=app.name),
                app.key,
            )
            for kind in public
        ),
    )


def _ip_type(kind: PublicIP) -> IPType:
    return IPType(kind.value)


def secret_changes(
    session: Session, app: PlatformApp, existing: Sequence[SecretStatus]
) -> tuple[Change, ...]:
    """The secrets that *app* declares and lacks; what they are worth cannot be seen."""
    known = {secret.name for secret in existing}
    missing = [name for name in app.declared.secrets if name not in known]
    return _staging(session, app, missing, Action.CREATE, "declared, and not there")


def secret_refreshes(session: Session, app: PlatformApp) -> tuple[Change, ...]:
    """All secrets of *app* set again, if that was asked for."""
    names = app.declared.secrets if session.refresh_secrets else ()
    return _staging(session, app, names, Action.UPDATE, "asked to be set again")


def _staging(
    session: Session, app: PlatformApp, names: Sequence[str], action: Action, reason: str
) -> tuple[Change, ...]:
    values = {name: session.secrets[name] for name in names}
    return tuple(
        Change(action, f"secrets of {app.name}: {', '.join(names)}", reason, step, app.key)
        for step in secrets.staging(session.fly, values, app=app.name)
    )


def deploy_changes(
    session: Session,
    app: PlatformApp,
    found: Sequence[Machine],
    existing: Sequence[SecretStatus],
) -> tuple[Change, ...]:
    """The deploy of *app*, if anything that a deploy would put right is not as it should be."""
    reason = _reason_to_deploy(session, app, found, existing)
    if reason is None:
        return ()
    is_first = not any(machine.is_of_app for machine in found)
    return (
        Change(
            Action.CREATE if is_first else Action.UPDATE,
            f"release of {app.name}",
            reason,
            deploy_step(session, app),
            app.key,
        ),
    )


def deploy_step(session: Session, app: PlatformApp) -> Step[Deployed]:
    """The deploy of *app* as it is declared."""
    wait = session.platform.manifest.defaults.wait_timeout.seconds
    is_built = app.image is None and session.has_builder
    return deploys.deploy(
        session.fly,
        Deploy(
            app=app.name,
            config=app.config.path.resolve(),
            working_directory=app.working_directory,
            image=None if is_built else app.image or app.image_in_name,
            image_label=app.image_label if is_built else None,
            env=app.declared.env,
            strategy=app.strategy,
            wait_timeout=wait * FOR_FLYCTL,
            timeout=wait,
        ),
    )


def _reason_to_deploy(
    session: Session,
    app: PlatformApp,
    found: Sequence[Machine],
    existing: Sequence[SecretStatus],
) -> str | None:
    mine = [machine for machine in found if machine.is_of_app and not machine.is_gone]
    groups = {machine.group for machine in mine}
    staged = [s.name for s in existing if s.status in (SecretState.STAGED, SecretState.PARTIAL)]
    if not mine:
        return "it has no machines" if any(app.declared.machines.values()) else None
    if missing := [group for group in app.groups if group not in groups]:
        return f"process group {missing[0]} has no machines"
    if staged:
        return f"staged secrets are not live: {', '.join(staged)}"
    for machine in mine:
        if not runs_image(app, machine):
            return f"machine {machine.id} runs {machine.image_ref}"
        if differences := out_of_sync(app, machine):
            return f"machine {machine.id} differs in {differences[0].path}"
    return "asked for" if app.key in session.redeploy else None


def scale_changes(
    session: Session, app: PlatformApp, found: Sequence[Machine]
) -> tuple[Change, ...]:
    """More machines where *app* has too few; too many are never destroyed on the side."""
    short = {
        group: wanted
        for group, wanted in app.declared.machines.items()
        if len(machines_of(found, group)) < wanted
    }
    if not short:
        return ()
    counts = ", ".join(f"{group}={wanted}" for group, wanted in sorted(short.items()))
    region = app.config.primary_region or None
    return (
        Change(
            Action.CREATE,
            f"machines of {app.name}: {counts}",
            "fewer than declared",
            scale.count(session.fly, short, app=app.name, region=region),
            app.key,
        ),
    )


def start_changes(
    session: Session, app: PlatformApp, found: Sequence[Machine]
) -> tuple[Change, ...]:
    """The machines of *app* that should run and do not, started."""
    return tuple(
        Change(
            Action.UPDATE,
            f"machine {machine.id} of {app.name}",
            f"it is {machine.state.value}",
            machines.start(session.fly, machine.id, app=app.name),
            app.key,
        )
        for group in app.groups
        for machine in machines_of(found, group)
        if isinstance(machine.state, MachineState) and _must_start(app, machine)
    )


def _must_start(app: PlatformApp, machine: Machine) -> bool:
    if machine.state not in _DOWN:
        return False
    is_asleep = machine.state in (MachineState.STOPPED, MachineState.SUSPENDED)
    return not (is_asleep and app.may_sleep(machine.group) and not machine.has_crashed)


_DOWN = (
    MachineState.CREATED,
    MachineState.STOPPED,
    MachineState.SUSPENDED,
    MachineState.FAILED,
)


def machines_of(found: Sequence[Machine], group: str) -> list[Machine]:
    """Those *found* that count as the machines of *group*: standbys are not among them."""
    return [
        machine
        for machine in found
        if machine.is_of_app and machine.group == group and not machine.is_gone
        if not machine.config.get("standbys")
    ]
