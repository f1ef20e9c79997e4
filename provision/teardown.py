"""The way back: the apps of a platform, the last one first, then their organization."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from procman import Context, Job, OnFailure, Workflow
from provision.errors import Refused
from provision.fly import apps, orgs
from provision.fly.models import App
from provision.making.converge import converge
from provision.manifest import Environment, ManifestVolume
from provision.plan import Action, Change
from provision.platform import Platform, PlatformApp
from provision.session import Session
from provision.verification.verify import BUILDER
from provision.workflow import ORG, job_of


def refuse_protected(platform: Platform) -> None:
    """
    See that no app would take a volume with it that is to stay.

    Raises:
        Refused: one would; the line is named that says so, or that would have to say otherwise.
    """
    in_production = platform.manifest.environment is Environment.PROD
    for app in platform.apps.values():
        for mount in app.config.mounts:
            volume = app.declared.volumes.get(mount.source, ManifestVolume())
            if volume.protect or (volume.protect is None and in_production):
                raise Refused(
                    f"volume {mount.source} of {app.key} is protected, and goes with its app",
                    f"{_place(platform, app)}: say volumes = {{ {mount.source} = "
                    "{ protect = false } } if what is on it may be lost",
                )


def _place(platform: Platform, app: PlatformApp) -> str:
    """Where to say of *app* what is to become of its volumes."""
    file, path = platform.loaded.file, ("apps", app.key)
    line = file.line((*path, "volumes")) or file.line(path)
    return f"{file.path}:{line}"


def teardown(session: Session, *, keep_org: bool) -> Workflow:
    """Destroy each app after those that depend on it, then the organization."""
    workflow = Workflow("destroy", on_failure=OnFailure.CONTINUE)
    platform = session.platform
    dependents: dict[str, list[Job[None]]] = {key: [] for key in platform.apps}
    jobs: list[Job[None]] = []
    for app in reversed([*platform.apps.values()]):
        job = workflow.job(
            partial(destroy_app, session=session, app=app),
            name=job_of(app),
            needs=dependents[app.key],
        )
        jobs.append(job)
        for need in app.declared.depends_on:
            dependents[need].append(job)
    if not keep_org:
        workflow.job(partial(delete_org, session=session), name=ORG, needs=jobs)
    return workflow


async def destroy_app(context: Context, session: Session, app: PlatformApp) -> None:
    """See that *app* is gone; one of that name in another organization is not touched."""
    look = apps.list_everywhere(session.fly)
    decide = partial(destroy_changes, session, app)
    await converge(context, look, decide, session.settle)


def destroy_changes(
    session: Session, app: PlatformApp, existing: Sequence[App]
) -> tuple[Change, ...]:
    """
    The end of *app*, if it is there.

    Raises:
        Refused: the app of that name belongs to another organization.
    """
    slug = session.platform.manifest.org.slug
    found = app.found_in(existing)
    if found is None:
        return ()
    if found.organization.slug != slug:
        raise Refused(f"app {app.name} belongs to {found.organization.slug}, not to {slug}")
    step = apps.destroy(session.fly, app.name)
    return (Change(Action.DESTROY, f"app {app.name}", "asked for", step, app.key),)


async def delete_org(context: Context, session: Session) -> None:
    """
    See that the organization is gone.

    Raises:
        Refused: it holds apps that are not of this platform.
    """
    slug = session.platform.manifest.org.slug

    def decide(names: dict[str, str]) -> tuple[Change, ...]:
        step = orgs.delete(session.fly, slug)
        change = Change(Action.DESTROY, f"organization {slug}", "asked for", step)
        return (change,) if slug in names else ()

    if slug not in await context.run(orgs.list_(session.fly)):
        return
    left = await context.run(apps.list_(session.fly, org=slug))
    strangers = [app.name for app in left if not app.name.startswith(BUILDER)]
    if strangers:
        raise Refused(
            f"organization {slug} holds apps that are not in the manifest: {', '.join(strangers)}",
            "destroy them one by one if they are not needed, or keep the organization",
        )
    await converge(context, orgs.list_(session.fly), decide, session.settle)
