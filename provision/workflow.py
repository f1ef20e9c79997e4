"""The whole of it as a runbook: the organization, then each app after those it depends on."""

from __future__ import annotations

from functools import partial

from procman import Job, OnFailure, Workflow
from provision import manifest
from provision.fly.deploys import DEPLOYS
from provision.making.app import provision_app
from provision.making.organization import ensure_org
from provision.platform import PlatformApp
from provision.probe import Probed
from provision.session import Session

ORG = "org"
"""The name of the organization's job."""


def job_of(app: PlatformApp) -> str:
    """The name of an app's job."""
    return f"apps.{app.key}"


def provisioning(session: Session, *, deploys_at_once: int = 1) -> Workflow:
    """
    Make everything the platform asks for, each app verified before those that need it.

    Its jobs are `ORG` and one for each app, see `job_of` and `provision_app`. What a failure
    does to apps that do not need the one that failed, ``defaults.on_failure`` says.

    Args:
        session: The run.
        deploys_at_once: Of all apps together.
    """
    stops = session.platform.manifest.defaults.on_failure is manifest.OnFailure.STOP
    workflow = Workflow(
        "provision",
        on_failure=OnFailure.FINISH if stops else OnFailure.CONTINUE,
        resources={DEPLOYS: deploys_at_once},
    )
    org = workflow.job(partial(ensure_org, session=session), name=ORG)
    jobs: dict[str, Job[Probed | None]] = {}
    for app in session.platform.apps.values():
        jobs[app.key] = workflow.job(
            partial(provision_app, session=session, app=app),
            name=job_of(app),
            needs=[org, *(jobs[need] for need in app.declared.depends_on if need in jobs)],
        )
    return workflow
