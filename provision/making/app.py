"""One app: itself, its addresses and secrets, its release and machines, and the proof of them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from attrs import evolve

from procman import Context, StepError
from provision.diagnose import AppFailed, diagnose
from provision.errors import Locked, ProvisionError
from provision.fly import apps, ips, machines, secrets
from provision.fly.deploys import Deployed
from provision.fly.models import App, IPAddress, Machine, SecretStatus
from provision.making.converge import Converged, converge, make
from provision.making.deploying import released
from provision.plan import (
    Change,
    address_changes,
    app_changes,
    deploy_changes,
    scale_changes,
    secret_changes,
    secret_refreshes,
    start_changes,
)
from provision.platform import PlatformApp
from provision.probe import Probed
from provision.session import Session
from provision.verification.answering import asked
from provision.verification.observe import SeenApp, observe_app, observe_volumes, settled_machines
from provision.verification.stability import watch
from provision.verification.verify import prove


async def provision_app(context: Context, session: Session, app: PlatformApp) -> Probed | None:
    """
    Make *app* as declared, and prove it.

    Returns:
        What it answered its probe; None if it was not asked.

    Raises:
        AppFailed: it could not be deployed, or is not as declared afterwards.
        ProvisionError, StepError: it, its addresses or its secrets could not be made.
    """
    existing = await ensure_app(context, session, app)
    addresses = await ensure_addresses(context, session, app)
    staged = await ensure_secrets(context, session, app)
    probed: Probed | None = None
    try:
        deployed, said = await ensure_deployed(context, session, app, staged.seen)
        running = await ensure_machines(context, session, app, deployed.seen)
        steps = (existing, addresses, staged, deployed, running)
        if any(step.changes for step in steps):
            seen = await observe_app(context, session, app, existing.seen, running.seen)
            seen = evolve(seen, deployed=said)
        else:
            # Nothing was changed: what was just read is as good as reading it again.
            seen = SeenApp(
                app.found_in(existing.seen),
                addresses.seen,
                staged.seen,
                await observe_volumes(context, session, app),
                await settled_machines(context, session, app, running.seen),
            )
        refuse_overtaken(app, seen)
        prove(app, seen, is_asked=False)
        seen = await asked(context, session, app, seen)
        probed = seen.probed
        prove(app, seen)
        if deployed.changes or running.changes:
            await watch(context, session, app, seen)
    except (ProvisionError, StepError) as error:
        diagnosis = await diagnose(context, session, app)
        raise AppFailed(app.key, error, diagnosis, probed) from error
    return probed


async def ensure_app(
    context: Context, session: Session, app: PlatformApp
) -> Converged[Sequence[App]]:
    """See that *app* is there, in its organization and on its network."""
    look = apps.list_everywhere(session.fly)
    return await converge(context, look, partial(app_changes, session, app), session.settle)


async def ensure_addresses(
    context: Context, session: Session, app: PlatformApp
) -> Converged[Sequence[IPAddress]]:
    """See that *app* has the addresses it declares; others are never released here."""
    look = ips.list_(session.fly, app=app.name)
    return await converge(context, look, partial(address_changes, session, app), session.settle)


async def ensure_secrets(
    context: Context, session: Session, app: PlatformApp
) -> Converged[Sequence[SecretStatus]]:
    """See that *app* has its secrets, at least staged; what Fly shows of them."""
    if not app.declared.secrets:
        return Converged(())
    refreshes = secret_refreshes(session, app)
    for change in refreshes:
        await make(context, change)
    look = secrets.list_(session.fly, app=app.name)
    decide = partial(secret_changes, session, app)
    found = await converge(context, look, decide, session.settle)
    return Converged(found.seen, (*refreshes, *found.changes))


async def ensure_deployed(
    context: Context, session: Session, app: PlatformApp, staged: Sequence[SecretStatus]
) -> tuple[Converged[Sequence[Machine]], Deployed | None]:
    """
    See that the machines of *app* are what its fly.toml and image make of them.

    Returns:
        Its machines as they are now, and what the deploy said; None if nothing was deployed.

    Raises:
        MachineExited: flyctl waited for a machine that has exited for good.
        FlyError, StepError: the deploy failed, or nothing could be read.
    """
    look = machines.list_(session.fly, app=app.name)
    found = await context.run(look)
    staged = await surely_staged(context, session, app, found, staged)
    changes = deploy_changes(session, app, found, staged)
    if not changes:
        return Converged(found), None
    (deploy,) = changes
    said: Deployed = await released(context, session, app, deploy, found)
    return Converged(await context.run(look), changes), said


async def surely_staged(
    context: Context,
    session: Session,
    app: PlatformApp,
    found: Sequence[Machine],
    staged: Sequence[SecretStatus],
) -> Sequence[SecretStatus]:
    """
    The secrets of *app*: *staged*, or read again if that alone would have it deployed.

    flyctl calls secrets staged, too, when it could not read the machines.
    """
    needs_deploy = deploy_changes(session, app, found, staged)
    if needs_deploy and not deploy_changes(session, app, found, ()):
        return await context.run(secrets.list_(session.fly, app=app.name))
    return staged


async def ensure_machines(
    context: Context, session: Session, app: PlatformApp, found: Sequence[Machine]
) -> Converged[Sequence[Machine]]:
    """See that *app* has the machines it declares, or more, and that they run."""
    look = machines.list_(session.fly, app=app.name)
    done: tuple[Change, ...] = ()
    for decide in (scale_changes, start_changes):
        if decide(session, app, found):
            made = await converge(context, look, partial(decide, session, app), session.settle)
            found, done = made.seen, (*done, *made.changes)
    return Converged(found, done)


class Overtaken(Locked):
    """Raised when somebody else released an app while this run did."""

    def __init__(self, app: PlatformApp, ours: int, latest: int) -> None:
        self.hint = f"see who else deploys it, then run again: fly releases -a {app.name}"
        super().__init__(f"release v{latest} of {app.name} was made while v{ours} was deployed")


def refuse_overtaken(app: PlatformApp, seen: SeenApp) -> None:
    """
    See that the latest release of *app* is the one of this run, if it made one.

    Raises:
        Overtaken: it is not; whose machines these are nobody can tell.
    """
    ours = seen.deployed.version if seen.deployed else None
    latest = max((release.version for release in seen.releases), default=0)
    if ours is not None and latest > ours:
        raise Overtaken(app, ours, latest)
