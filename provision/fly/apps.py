"""``fly apps``: apps."""

from __future__ import annotations

from procman import Step, nothing
from provision.fly.client import Fly
from provision.fly.models import App


def list_(fly: Fly, *, org: str) -> Step[list[App]]:
    """
    The apps of *org* that the token may see; a narrow token sees fewer, without a word.

    Source: flyctl internal/command/apps/list.go
    """
    return fly.query("apps.list", "apps", "list", "--json", "--org", org, into=list[App])


def list_everywhere(fly: Fly) -> Step[list[App]]:
    """
    The apps of every organization that the token may see.

    Source: flyctl internal/command/apps/list.go
    """
    return fly.query("apps.list", "apps", "list", "--json", into=list[App])


def create(fly: Fly, app: str, *, org: str, network: str) -> Step[None]:
    """
    Create *app* in *org*, on *network* for good.

    Its JSON says nothing of the network, so what was made is read back from the list.

    Args:
        fly: How to call flyctl.
        app: Unique across all of Fly, not just in *org*.
        org: An organization's slug.
        network: ``default`` is the organization's own; any other is made by its first app.

    Source: flyctl internal/command/apps/create.go
    """
    on_network = () if network == "default" else ("--network", network)
    return fly.acting(
        "apps.create",
        fly.command("apps", "create", app, "--org", org, *on_network, "--json"),
        parse=nothing,
    )


def destroy(fly: Fly, app: str) -> Step[None]:
    """
    Destroy *app* with its machines, addresses and volumes; an app that is not there is an error.

    Source: flyctl internal/command/apps/destroy.go
    """
    return fly.acting("apps.destroy", fly.command("apps", "destroy", app, "--yes"), parse=nothing)
