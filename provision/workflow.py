"""The whole of it as a runbook: the organization, then each app after those it depends on."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from procman import Context, Job, OnFailure, StepError, Workflow
from provision import manifest
from provision.converge import converge, make
from provision.diagnose import AppFailed, diagnose
from provision.errors import ProvisionError, Refused
from provision.fly import apps, ips, machines, orgs, secrets
from provision.fly.deploys import DEPLOYS
from provision.fly.models import SecretStatus
from provision.observe import SeenApp, SeenOrg, observe_app, observe_org
from provision.plan import (
    address_changes,
    app_changes,
    deploy_changes,
    org_changes,
    scale_changes,
    secret_changes,
    secret_refreshes,
)
from provision.platform import PlatformApp
from provision.session import Session
from provision.verify import NotVerified, Severity, verify_app

ORG = "org"
"""The name of the organization's job."""


def job_of(app: PlatformApp) -> str:
    """The name of an app's job."""
    return f"apps.{app.key}"


def provisioning(session: Session, *, deploys_at_once: int = 1) -> Workflow:
    """Make everything the platform asks for, each app verified before those that need it."""
    stops = session.platform.manifest.defaults.on_failure is manifest.OnFailure.STOP
    workflow = Workflow(
        "provision",
        on_failure=OnFailure.FINISH if stops else OnFailure.CONTINUE,
        resources={DEPLOYS: deploys_at_once},
    )
    org = workflow.job(partial(ensure_org, session=session), name=ORG)
    jobs: dict[str, Job[None]] = {}
    for app in session.platform.apps.values():
        jobs[app.key] = workflow.job(
            partial(provision_app, session=session, app=app),
            name=job_of(app),
            needs=[org, *(jobs[need] for need in app.declared.depends_on)],
        )
    return workflow


async def ensure_org(context: Context, session: Session) -> None:
    """See that the organization is there, once, under the slug that is expected."""
    decide = partial(org_changes, session)
    found = await converge(context, orgs.list_(session.fly), decide, settle=session.settle)
    name = session.platform.manifest.org.name
    slugs = sorted(slug for slug, each in found.seen.items() if each == name)
    if found.changes and len(slugs) > 1:
        raise Refused(
            f"creating the organization {name!r} made several: {', '.join(slugs)}",
            "Fly may act twice on one request: delete what is too many, then run again",
        )


async def provision_app(context: Context, session: Session, app: PlatformApp) -> None:
    """Make *app* as declared, and prove it."""
    await ensure_app(context, session, app)
    await ensure_addresses(context, session, app)
    staged = await ensure_secrets(context, session, app)
    try:
        await ensure_deployed(context, session, app, staged)
        await ensure_machines(context, session, app)
        await prove(context, session, app)
    except (ProvisionError, StepError) as error:
        raise AppFailed(app.key, error, await diagnose(context, session, app)) from error


async def ensure_app(context: Context, session: Session, app: PlatformApp) -> None:
    """See that *app* is there, in its organization and on its network."""
    look = apps.list_everywhere(session.fly)
    await converge(context, look, partial(app_changes, session, app), settle=session.settle)


async def ensure_addresses(context: Context, session: Session, app: PlatformApp) -> None:
    """See that *app* has the addresses it declares; others are never released here."""
    look = ips.list_(session.fly, app=app.name)
    await converge(context, look, partial(address_changes, session, app), settle=session.settle)


async def ensure_secrets(
    context: Context, session: Session, app: PlatformApp
) -> Sequence[SecretStatus]:
    """See that *app* has its secrets, at least staged; what Fly shows of them."""
    if not app.declared.secrets:
        return ()
    for change in secret_refreshes(session, app):
        await make(context, change)
    look = secrets.list_(session.fly, app=app.name)
    decide = partial(secret_changes, session, app)
    return (await converge(context, look, decide, settle=session.settle)).seen


async def ensure_deployed(
    context: Context, session: Session, app: PlatformApp, staged: Sequence[SecretStatus]
) -> None:
    """See that the machines of *app* are what its fly.toml and image make of them."""
    found = await context.run(machines.list_(session.fly, app=app.name))
    for change in deploy_changes(session, app, found, staged):
        await make(context, change)


async def ensure_machines(context: Context, session: Session, app: PlatformApp) -> None:
    """See that each process group of *app* has the machines it declares, or more."""
    look = machines.list_(session.fly, app=app.name)
    await converge(context, look, partial(scale_changes, session, app), settle=session.settle)


async def prove(context: Context, session: Session, app: PlatformApp) -> None:
    """
    Read *app* back and judge it.

    Raises:
        NotVerified: it is not as declared.
    """
    slug = session.platform.manifest.org.slug
    existing = await context.run(apps.list_(session.fly, org=slug))
    seen = await observe_app(context, session, app, existing)
    errors = [f for f in verify_app(app, seen) if f.severity is Severity.ERROR]
    if errors:
        raise NotVerified(errors)


def observation(session: Session) -> Workflow:
    """Read everything back and change nothing."""
    workflow = Workflow("verify", on_failure=OnFailure.CONTINUE)
    org = workflow.job(partial(observe_org, session=session), name=ORG)
    for app in session.platform.apps.values():
        job = partial(_observe, session=session, app=app, org=org)
        workflow.job(job, name=job_of(app), needs=[org])
    return workflow


async def _observe(
    context: Context, session: Session, app: PlatformApp, org: Job[SeenOrg]
) -> SeenApp:
    return await observe_app(context, session, app, context.result(org).apps)
