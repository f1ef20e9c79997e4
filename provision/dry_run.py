"""The commands a run would use, with what they depend on; nothing is run and nothing is asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from procman import Step
from provision.fly import (
    apps,
    auth,
    ips,
    machines,
    orgs,
    releases,
    secrets,
    tokens,
    version,
    volumes,
)
from provision.manifest import CrossNetworkReplay
from provision.plan import (
    Change,
    address_changes,
    app_changes,
    deploy_step,
    org_changes,
    scale_changes,
    secret_changes,
)
from provision.platform import PlatformApp
from provision.probe import first_try
from provision.report.models import ALWAYS, NOT_RUN, StepSection
from provision.session import Session
from provision.workflow import ORG


def planned(session: Session) -> tuple[StepSection, ...]:
    """Every command of an apply, in order, as if nothing existed yet."""
    fly = session.fly
    return (
        _read("preflight", None, version.show(fly)),
        _read("preflight", None, auth.whoami(fly)),
        _section("preflight", None, tokens.debug(fly), "if the token is a macaroon"),
        _read("provision", None, orgs.list_(fly)),
        *_made("if the organization is missing", _org(session)),
        _read("provision", None, orgs.show(fly, session.platform.manifest.org.slug)),
        *_replays("provision", session),
        *(step for app in session.platform.apps.values() for step in _app(session, app)),
        *_verification(session),
    )


def _replays(phase: str, session: Session) -> Iterator[StepSection]:
    wanted = session.platform.manifest
    if wanted.network.cross_network_replay is CrossNetworkReplay.REQUIRED:
        yield _read(phase, None, orgs.replays(session.fly, wanted.org.slug))


def _org(session: Session) -> Iterable[Change]:
    return org_changes(session, {}) if session.platform.manifest.org.create else ()


def _app(session: Session, app: PlatformApp) -> Iterator[StepSection]:
    fly, name = session.fly, app.name
    yield _read("provision", app.key, apps.list_everywhere(fly))
    yield from _made("if the app is missing", app_changes(session, app, ()))
    yield _read("provision", app.key, ips.list_(fly, app=name))
    yield from _made("if the address is missing", address_changes(session, app, ()))
    if app.declared.secrets:
        yield _read("provision", app.key, secrets.list_(fly, app=name))
        yield from _made("for the secrets that are missing", secret_changes(session, app, ()))
    yield _read("provision", app.key, machines.list_(fly, app=name))
    when = "if a machine is missing or differs, or secrets are staged"
    yield _section("provision", app.key, deploy_step(session, app), when)
    yield from _made("if machines are fewer", scale_changes(session, app, ()))
    if app.declared.probe is not None:
        once = first_try(session, app, app.declared.probe)
        yield _section("provision", app.key, once, "until it answers as declared")


def _verification(session: Session) -> Iterator[StepSection]:
    fly, slug = session.fly, session.platform.manifest.org.slug
    yield _read("verify", None, orgs.show(fly, slug))
    yield _read("verify", None, apps.list_(fly, org=slug))
    yield from _replays("verify", session)
    for app in session.platform.apps.values():
        yield _read("verify", app.key, ips.list_(fly, app=app.name))
        yield _read("verify", app.key, secrets.list_(fly, app=app.name))
        if app.config.mounts:
            yield _read("verify", app.key, volumes.list_(fly, app=app.name))
        yield _read("verify", app.key, machines.list_(fly, app=app.name))
        yield _read("verify", app.key, releases.list_(fly, app=app.name))


_JOBS = {"preflight": "preflight", "provision": ORG, "verify": ORG}
"""The job of each phase that has the steps of no app."""


def _made(when: str, changes: Iterable[Change]) -> Iterator[StepSection]:
    for change in changes:
        yield _section("provision", change.app, change.step, when)


def _read(phase: str, app: str | None, step: Step[object]) -> StepSection:
    return _section(phase, app, step, ALWAYS)


def _section(phase: str, app: str | None, step: Step[object], when: str) -> StepSection:
    job = f"apps.{app}" if app else _JOBS[phase]
    return StepSection(
        id=f"{job}.{step.name}",
        phase=phase,
        app=app,
        outcome=NOT_RUN,
        command=str(step.command),
        when=when,
    )
