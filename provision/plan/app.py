"""What is to be done for an app to exist and to be reached."""

from __future__ import annotations

from collections.abc import Sequence

from provision.errors import Refused
from provision.fly import apps, ips
from provision.fly.models import (
    App,
    IPAddress,
    IPType,
)
from provision.manifest import PublicIP
from provision.plan.change import Action, Change
from provision.platform import PlatformApp
from provision.session import Session


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
    """
    The addresses that *app* declares and lacks; surplus ones are the verification's affair.

    Args:
        session: The run.
        app: What is asked for: a Flycast address for each network it is reached from, and the
            public ones.
        existing: Every address it has.
    """
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
                is_paid=kind is IPType.V4,
            )
            for kind in public
        ),
    )


def _ip_type(kind: PublicIP) -> IPType:
    return IPType(kind.value)
