"""Reads everything back: what Fly says of the organization and of each app."""

from __future__ import annotations

import time
from collections.abc import Sequence

import anyio
from attrs import evolve, field, frozen

from procman import Context
from provision.fly import apps, ips, machines, orgs, releases, secrets, volumes
from provision.fly.deploys import Deployed
from provision.fly.errors import NotFound
from provision.fly.models import (
    App,
    CheckStatus,
    IPAddress,
    Machine,
    MachineState,
    Organization,
    Release,
    SecretStatus,
    Volume,
)
from provision.platform import PlatformApp
from provision.probe import Probed
from provision.session import Session
from provision.verification.replays import replays_cross

LOOK_AGAIN = 0.25
"""Seconds between two looks at machines that are on their way."""


@frozen
class SeenOrg:
    """
    An organization as Fly describes it.

    Attributes:
        organization: None where the token sees none of that slug.
        apps: Every app in it that the token sees.
        replays_cross: Whether its apps may replay across networks; None where it was not asked.
    """

    organization: Organization | None
    apps: Sequence[App] = ()
    replays_cross: bool | None = None


@frozen
class SeenApp:
    """
    An app as Fly describes it.

    Attributes:
        app: None where the token sees none of that name in its organization.
        machines: All of them, whoever made them.
        releases: The newest first.
        deployed: What flyctl said when this run deployed it; None where it did not.
        probed: What it answered its probe; None where nobody asked.
        at: When the machines were read, in seconds since 1970.
    """

    app: App | None
    addresses: Sequence[IPAddress] = ()
    secrets: Sequence[SecretStatus] = ()
    volumes: Sequence[Volume] = ()
    machines: Sequence[Machine] = ()
    releases: Sequence[Release] = ()
    deployed: Deployed | None = None
    probed: Probed | None = None
    at: float = field(factory=time.time)

    @property
    def mine(self) -> list[Machine]:
        """The machines that a deploy takes care of, and that are there."""
        return [machine for machine in self.machines if machine.is_of_app and not machine.is_gone]

    def with_machines(self, found: Sequence[Machine]) -> SeenApp:
        """The same, its machines *found* just now."""
        return evolve(self, machines=found, at=time.time())


async def observe_org(context: Context, session: Session) -> SeenOrg:
    """The organization and its apps, as far as the token sees them."""
    slug = session.platform.manifest.org.slug
    try:
        organization = await context.run(orgs.show(session.fly, slug))
    except NotFound:
        return SeenOrg(None)
    found = await context.run(apps.list_(session.fly, org=slug))
    return SeenOrg(organization, found, await replays_cross(context, session))


async def observe_app(
    context: Context,
    session: Session,
    app: PlatformApp,
    existing: Sequence[App],
    now: Sequence[Machine] | None = None,
) -> SeenApp:
    """
    Everything about *app*, if it is among the *existing* apps of its organization.

    Machines that are on their way to a state, or to a result of their checks, are given
    `Session.settle` seconds to get there.

    Args:
        context: Of the job.
        session: The run.
        app: The app.
        existing: The apps of its organization.
        now: Its machines, if they were just read.
    """
    fly, name = session.fly, app.name
    found = app.found_in(existing)
    if found is None:
        return SeenApp(None)
    if now is None:
        now = await context.run(machines.list_(fly, app=name))
    return SeenApp(
        found,
        await context.run(ips.list_(fly, app=name)),
        await context.run(secrets.list_(fly, app=name)),
        await observe_volumes(context, session, app),
        await settled_machines(context, session, app, now),
        await context.run(releases.list_(fly, app=name)),
    )


async def observe_volumes(context: Context, session: Session, app: PlatformApp) -> Sequence[Volume]:
    """The volumes of *app*, if it is to have any."""
    if not app.config.mounts:
        return ()
    return await context.run(volumes.list_(session.fly, app=app.name))


async def settled_machines(
    context: Context, session: Session, app: PlatformApp, found: Sequence[Machine]
) -> Sequence[Machine]:
    """
    The machines of *app* when all have arrived; as they are, if that takes too long.

    Args:
        context: Of the job.
        session: The run.
        app: Whose they are.
        found: As they were just read.
    """
    ends_at = anyio.current_time() + session.settle
    while not all(map(_has_arrived, found)) and anyio.current_time() < ends_at:
        await anyio.sleep(LOOK_AGAIN)
        found = await context.run(machines.list_(session.fly, app=app.name))
    return found


def _has_arrived(machine: Machine) -> bool:
    if not machine.is_of_app or machine.config.get("standbys"):
        return True
    if isinstance(machine.state, MachineState) and machine.state.is_passing:
        return False
    if machine.state is not MachineState.STARTED:
        return True
    is_passing = all(check.status is CheckStatus.PASSING for check in machine.checks)
    return is_passing and not machine.has_just_recovered(time.time())
