"""When an app is released anew, and how."""

from __future__ import annotations

from collections.abc import Sequence

from procman import Step
from provision.fly import deploys
from provision.fly.deploys import Deploy, Deployed
from provision.fly.models import (
    Machine,
    SecretState,
    SecretStatus,
)
from provision.plan.change import Action, Change
from provision.plan.images import runs_image
from provision.plan.sync import out_of_sync
from provision.platform import PlatformApp
from provision.session import Session

FOR_FLYCTL = 0.75
"""
How much of the time of a deploy flyctl may wait for one machine: where that is too little, it
has time left to say so, and why.
"""


def deploy_changes(
    session: Session,
    app: PlatformApp,
    found: Sequence[Machine],
    existing: Sequence[SecretStatus],
) -> tuple[Change, ...]:
    """
    The deploy of *app*, if anything that a deploy would put right is not as it should be.

    Args:
        session: The run.
        app: What is asked for.
        found: Its machines; where none is of a release, the deploy creates, else it updates.
        existing: Its secrets as Fly shows them.

    Returns:
        One change, its reason the first that was found, or ().
    """
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
    """
    The deploy of *app* as it is declared.

    It may take as long as ``defaults.wait_timeout`` says; how much of it flyctl is told,
    `FOR_FLYCTL` says.
    """
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
