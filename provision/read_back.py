"""Reads everything back: a job for the organization, then one for each app; nothing is changed."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from procman import Context, Job, OnFailure, Workflow
from provision.platform import PlatformApp
from provision.session import Session
from provision.verification.answering import asked
from provision.verification.observe import SeenApp, SeenOrg, observe_app, observe_org
from provision.workflow import ORG, job_of


def observation(
    session: Session, apps: Iterable[PlatformApp], *, name: str = "verify", asks: bool = False
) -> Workflow:
    """
    Read everything back of the organization and of *apps*, and change nothing.

    Its jobs are those of `provisioning`; they return a `SeenOrg` and a `SeenApp` each.

    Args:
        session: The run.
        apps: Those that are read.
        name: Of the workflow: what is read back for.
        asks: Whether those that declare a probe are asked, too, which wakes them.
    """
    workflow = Workflow(name, on_failure=OnFailure.CONTINUE)
    org = workflow.job(partial(observe_org, session=session), name=ORG)
    for app in apps:
        job = partial(_observe, session=session, app=app, org=org, asks=asks)
        workflow.job(job, name=job_of(app), needs=[org])
    return workflow


async def _observe(
    context: Context, session: Session, app: PlatformApp, org: Job[SeenOrg], *, asks: bool
) -> SeenApp:
    seen = await observe_app(context, session, app, context.result(org).apps)
    return await asked(context, session, app, seen) if asks else seen
