"""What a run would change: looked at, decided as a run decides it, and told; nothing is made."""

from __future__ import annotations

from functools import partial

from attrs import frozen

from procman import Context, OnFailure, Workflow
from provision.fly import apps, ips, machines, orgs, secrets
from provision.making.app import surely_staged
from provision.making.organization import see_into_org
from provision.manifest import CrossNetworkReplay
from provision.plan import (
    Change,
    address_changes,
    app_changes,
    deploy_changes,
    org_changes,
    scale_changes,
    secret_changes,
    secret_refreshes,
    staged_secrets,
    start_changes,
)
from provision.platform import PlatformApp
from provision.session import Session
from provision.verification.finding import Finding, Severity
from provision.verification.observe import SeenApp
from provision.workflow import ORG, job_of

UNKNOWN = "unknown-until-made"
"""The code of the finding on what only making it tells."""


@frozen
class Pending:
    """
    What a run would change, of the organization or of an app.

    Attributes:
        changes: In order.
        unknown: What cannot be told before; each is `UNPROVEN`.
    """

    changes: tuple[Change, ...] = ()
    unknown: tuple[Finding, ...] = ()


def planning(session: Session) -> Workflow:
    """
    Look at what there is, and decide what a run would make of it.

    Its jobs are those of `provisioning`, and return a `Pending` each.
    """
    workflow = Workflow("plan", on_failure=OnFailure.CONTINUE)
    org = workflow.job(partial(pending_org, session=session), name=ORG)
    for app in session.platform.apps.values():
        job = partial(pending_app, session=session, app=app)
        workflow.job(job, name=job_of(app), needs=[org])
    return workflow


async def pending_org(context: Context, session: Session) -> Pending:
    """
    What is to be done about the organization.

    Raises:
        Refused, PreconditionFailed: as a run does.
        FlyError, StepError: nothing could be read.
    """
    changes = org_changes(session, await context.run(orgs.list_(session.fly)))
    if not changes:
        await see_into_org(context, session)
        return Pending()
    wanted = session.platform.manifest
    unknown = [_unknown("org.slug", wanted.org.slug, "nothing yet: Fly chooses it")]
    if wanted.network.cross_network_replay is CrossNetworkReplay.REQUIRED:
        why = "nothing yet: it is a setting of the organization, which has to be made"
        unknown.append(_unknown("network.cross_network_replay", "allowed", why))
    return _told(context, Pending(changes, (*unknown,)))


async def pending_app(context: Context, session: Session, app: PlatformApp) -> Pending:
    """
    What is to be done for *app*.

    Raises:
        Refused: as a run does.
        FlyError, StepError: nothing could be read.
    """
    existing = await context.run(apps.list_everywhere(session.fly))
    missing = app_changes(session, app, existing)
    if not missing:
        return _told(context, Pending(changes_of(session, app, await _look(context, session, app))))
    why = "nothing yet: whether the name is free shows when the app is made"
    changes = (*missing, *changes_of(session, app, SeenApp(None)))
    return _told(context, Pending(changes, (_unknown("app", f"app {app.name}", why, app.key),)))


def changes_of(session: Session, app: PlatformApp, seen: SeenApp) -> tuple[Change, ...]:
    """What is to be done about what *app* is made of, each as if what is before it were done."""
    found = seen.machines
    set_ = secret_refreshes(session, app) or secret_changes(session, app, seen.secrets)
    deploy = deploy_changes(session, app, found, staged_secrets(session, app, seen.secrets))
    return (
        *address_changes(session, app, seen.addresses),
        *set_,
        *deploy,
        *scale_changes(session, app, found, after_deploy=bool(deploy)),
        *start_changes(session, app, found, after_deploy=bool(deploy)),
    )


async def _look(context: Context, session: Session, app: PlatformApp) -> SeenApp:
    """What is decided by, of an app that is there."""
    addresses = await context.run(ips.list_(session.fly, app=app.name))
    found = await context.run(machines.list_(session.fly, app=app.name))
    if not app.declared.secrets:
        return SeenApp(None, addresses, machines=found)
    listed = await context.run(secrets.list_(session.fly, app=app.name))
    known = await surely_staged(context, session, app, found, listed)
    return SeenApp(None, addresses, known, machines=found)


def _told(context: Context, pending: Pending) -> Pending:
    """*pending*, told to who watches."""
    for change in pending.changes:
        context.log(f"would {change.action.value} {change.what}", reason=change.reason)
    return pending


def _unknown(where: str, expected: str, observed: str, app: str | None = None) -> Finding:
    return Finding(UNKNOWN, where, expected, observed, app, Severity.UNPROVEN)
